using Mambo.AlertRelay.Ntfy;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;
using Mambo.ServiceDefaults.Telemetry;

namespace Mambo.AlertRelay.Delivery;

/// <summary>
/// Brings the notifications that wait to the ntfy server, one after the other, each until the server has it or refuses it. Woken by new ones and by the time
/// of the next try; it never polls.
/// </summary>
/// <remarks>
/// Every request is noted before it leaves. One whose answer never came, because the line broke or this process died, is in doubt: the topic is read before
/// it is sent again, so the phone rings once. Where the topic may not be read it is sent again under the same id, which clients show as the same message.
/// </remarks>
internal sealed partial class Deliverer(DeliveryQueue queue, NtfyClient ntfy, AlertOptions options, TimeProvider time, ILogger<Deliverer> logger) : BackgroundService
{
    /// <summary>Answers 500 after which a message no longer holds up the others.</summary>
    private const int TriesBeforeStepAside = 5;

    private static readonly TimeSpan JournalPause = TimeSpan.FromSeconds(5);

    private readonly TokenBucket _requests = new(options.Burst, options.RefillInterval);
    private readonly GroupLimits _groups = new();
    private readonly Alarm _alarm = new(time);

    /// <summary>To be called after a commit that added a notification.</summary>
    public void Wake() => _alarm.Wake();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Topic is null)
        {
            LogNoTopic(logger);
            return;
        }

        try
        {
            while (true)
                await GoOnAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What waits is on disk; what was being sent is in doubt and looked for at the next start.
        }
    }

    /// <summary>Does the next thing, or waits until there may be one.</summary>
    private async Task GoOnAsync(CancellationToken stopping)
    {
        try
        {
            if (await TryNextAsync(stopping) is { } until)
                await _alarm.SleepAsync(until == DateTimeOffset.MaxValue ? Timeout.InfiniteTimeSpan : until - time.GetUtcNow(), stopping);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Only the journal can fail here. Everything is as it was on disk, and is taken up again a little later.
            LogJournalFailed(logger, exception);
            await Task.Delay(JournalPause, time, stopping);
        }
    }

    /// <summary>Null: a request was made. Else until when there is nothing to do.</summary>
    private async Task<DateTimeOffset?> TryNextAsync(CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var begun = queue.Begun();
        if (NextTry(begun, now) is { } nextTry)
            return nextTry;

        var aside = queue.SteppedAside();
        var again = begun ?? (NextTry(aside, now) is null ? aside : null);
        var (next, notBefore) = again is null ? DeliveryPlan.Next(queue.Waiting(), _groups, now) : (null, null);
        if (again is null && next is null)
            return Earlier(notBefore ?? DateTimeOffset.MaxValue, NextTry(aside, now) ?? DateTimeOffset.MaxValue);
        if (!_requests.TryTake(now))
            return _requests.NextAt(now);

        if (next is not null)
            _groups.Take(next.GroupKey, now);
        var row = next is null
            ? await queue.BeginAsync(again!.Sequence)
            : await queue.BeginAsync(next.Sequence, next.WithOlder ? next.GroupKey : null);
        using var activity = Activities.StartFrom(row.TraceParent, $"deliver {row.About}");
        await DeliverAsync(row, stopping);
        return null;
    }

    private async Task DeliverAsync(NotificationRow row, CancellationToken stopping)
    {
        // 1. If an earlier request may have arrived: look.
        if (row.InDoubtSince is { } since)
        {
            switch (await ntfy.FindAsync(row.Id, since, stopping))
            {
                case Found found:
                    await EndAsync(row, found.MessageId);
                    return;
                case Unknown unknown:
                    await PutOffAsync(row, new NotNow(unknown.Reason) { MaybeTaken = true, RetryAfter = unknown.RetryAfter });
                    return;
            }
        }

        // 2. Send, and note what became of it.
        switch (await ntfy.PublishAsync(row.Id, queue.Message(row), stopping))
        {
            case Taken taken:
                await EndAsync(row, taken.MessageId);
                break;
            case Refused refused:
                await FailAsync(row, refused.Reason, DeliveryOutcome.Refused);
                break;
            case NotNow later:
                await PutOffAsync(row, later);
                break;
        }
    }

    private async Task EndAsync(NotificationRow row, string messageId)
    {
        await queue.EndAsync(row, messageId);
        var took = time.GetUtcNow() - row.HappenedAt;
        DeliveryMetrics.Ended(DeliveryOutcome.Delivered, took);
        LogDelivered(logger, row.Title, took.TotalSeconds, row.Attempts);
    }

    private async Task FailAsync(NotificationRow row, string message, DeliveryOutcome outcome)
    {
        await queue.FailAsync(row, message);
        DeliveryMetrics.Ended(outcome, time.GetUtcNow() - row.HappenedAt);
        LogFailed(logger, row.Title, message);
    }

    private async Task PutOffAsync(NotificationRow row, NotNow why)
    {
        if (time.GetUtcNow() - row.AcceptedAt >= options.GiveUpAfter)
        {
            var tries = row.Attempts == 1 ? "1 try" : $"{row.Attempts} tries";
            await FailAsync(
                row,
                $"Given up after {Duration.Format(options.GiveUpAfter)} and {tries}; the last failed with: {why.Reason}. Check alerts.server, and that this host reaches it.",
                DeliveryOutcome.GivenUp);
            return;
        }

        var pause = BackOff.After(row.Attempts, Random.Shared.NextDouble(), why.RetryAfter);
        await queue.PutOffAsync(row, why.Reason, pause, why.MaybeTaken, stepAside: why.OnlyThisOne && row.Attempts >= TriesBeforeStepAside);
        LogNotDelivered(logger, row.Title, row.Attempts, pause.TotalSeconds, why.Reason);
    }

    /// <summary>Null: there is no row, or its time has come. A time further away than any pause was written before the clock was set back.</summary>
    private static DateTimeOffset? NextTry(NotificationRow? row, DateTimeOffset now) =>
        row?.NextAttemptAt is { } next && next > now && next - now <= BackOff.LongestObeyed ? next : null;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    [LoggerMessage(40, LogLevel.Information, "No notification is sent: alerts.topic is not set")]
    private static partial void LogNoTopic(ILogger logger);

    [LoggerMessage(41, LogLevel.Information, "The phone was told \"{Title}\" {Seconds:0.0} s after it happened (try {Attempts})")]
    private static partial void LogDelivered(ILogger logger, string title, double seconds, int attempts);

    [LoggerMessage(42, LogLevel.Warning, "The phone was not told \"{Title}\" (try {Attempts}, next in {Pause:0.0} s): {Reason}")]
    private static partial void LogNotDelivered(ILogger logger, string title, int attempts, double pause, string reason);

    [LoggerMessage(43, LogLevel.Error, "The phone will not be told \"{Title}\": {Reason}")]
    private static partial void LogFailed(ILogger logger, string title, string reason);

    [LoggerMessage(44, LogLevel.Critical, "No notification can be sent for now: the journal does not answer")]
    private static partial void LogJournalFailed(ILogger logger, Exception exception);
}
