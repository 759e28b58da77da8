using System.Diagnostics;

using Dapper;

using Mambo.ServiceDefaults.Telemetry;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>
/// Publishes a journal's outbox. Rows of one lane leave in order, each once the one before it is confirmed; lanes do not wait for each other, so a command
/// nobody listens for holds up nothing else. A row is gone when the broker has it.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="publish">Hands a message to the broker.</param>
/// <param name="keepPublished">
/// How long rows stay after publishing. Zero with a broker that confirms. The in-memory transport answers before anybody has taken the message, so rows stay
/// a while and those found at start are published again; receivers drop what they have.
/// </param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class OutboxRelay(Journal journal, PublishMessage publish, TimeSpan keepPublished, TimeProvider time, ILogger<OutboxRelay> logger)
    : BackgroundService
{
    private const int MostPerRound = 500;
    private const int MostLanesAtOnce = 128;
    private static readonly TimeSpan PublishDeadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HousekeepingInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan InboxMemory = TimeSpan.FromDays(14);

    private readonly Alarm _alarm = new(time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        journal.OutboxGrew += _alarm.Wake;
        try
        {
            await journal.WriteAsync(transaction => transaction.Execute("UPDATE outbox SET published_at = NULL, next_attempt_at = NULL"), stoppingToken).ConfigureAwait(false);
            var nextHousekeeping = time.GetUtcNow();
            while (true)
            {
                if (time.GetUtcNow() >= nextHousekeeping)
                {
                    await ForgetOldAsync().ConfigureAwait(false);
                    nextHousekeeping = time.GetUtcNow() + HousekeepingInterval;
                }

                var due = Due();
                if (due.Count > 0)
                    await PublishAsync(due, stoppingToken).ConfigureAwait(false);
                else
                    await WaitAsync(nextHousekeeping, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What has not left stays in the outbox for the next start.
        }
        finally
        {
            journal.OutboxGrew -= _alarm.Wake;
        }
    }

    /// <summary>Rows whose time has come and whose lane is not held up by an earlier row.</summary>
    private List<OutboxMessage> Due() => journal.Read(connection => connection.Query<OutboxRow>(
        """
        SELECT * FROM outbox o
        WHERE published_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.lane = o.lane AND b.sequence <= o.sequence AND b.next_attempt_at > @now)
        ORDER BY sequence LIMIT @MostPerRound
        """,
        new { now = time.GetUtcNow(), MostPerRound }).Select(row => row.Message()).ToList());

    private async Task PublishAsync(List<OutboxMessage> due, CancellationToken stopping)
    {
        var results = new Result[due.Count];
        var lanes = due.Select((message, index) => (message, index)).GroupBy(item => item.message.Lane, StringComparer.Ordinal);
        await Parallel.ForEachAsync(lanes, new ParallelOptions { MaxDegreeOfParallelism = MostLanesAtOnce, CancellationToken = stopping }, async (lane, _) =>
        {
            foreach (var (message, index) in lane)
            {
                results[index] = await TryPublishAsync(message, stopping).ConfigureAwait(false);
                if (results[index].Error is not null)
                    break;
            }
        }).ConfigureAwait(false);

        await journal.WriteAsync(
            transaction =>
            {
                Leave(transaction, due.Where((_, index) => results[index].Published).Select(message => message.Sequence).ToList());
                for (var index = 0; index < due.Count; index++)
                {
                    if (results[index].Error is { } error)
                        PutOff(transaction, due[index], error);
                }
            },
            CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<Result> TryPublishAsync(OutboxMessage message, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(PublishDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        using var activity = Activities.StartFrom(message.TraceParent, $"publish {message.Type}", ActivityKind.Internal);
        try
        {
            await publish(message, either.Token).ConfigureAwait(false);
            return new Result(Published: true, Error: null);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            var error = late.IsCancellationRequested ? $"the broker did not confirm within {PublishDeadline.TotalSeconds:0} s" : exception.Message;
            LogNotPublished(logger, message.Type, message.MessageId, message.Attempts + 1, error);
            return new Result(Published: false, error);
        }
    }

    /// <summary>One statement for all: a statement for each costs more than everything else here.</summary>
    private void Leave(JournalTransaction transaction, List<long> published)
    {
        if (published.Count == 0)
            return;
        if (keepPublished == TimeSpan.Zero)
            transaction.Execute("DELETE FROM outbox WHERE sequence IN @published", new { published });
        else
            transaction.Execute("UPDATE outbox SET published_at = @Now, last_error = NULL WHERE sequence IN @published", new { transaction.Now, published });
    }

    private static void PutOff(JournalTransaction transaction, OutboxMessage message, string error) => transaction.Execute(
        "UPDATE outbox SET attempts = attempts + 1, next_attempt_at = @next, last_error = @error WHERE sequence = @Sequence",
        new { next = transaction.Now + BackOff(message.Attempts), error, message.Sequence });

    /// <summary>0.5 s, then doubled, to 30 s.</summary>
    internal static TimeSpan BackOff(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(0.5 * Math.Pow(2, Math.Min(attempts, 10)), LongestBackOff.TotalSeconds));

    private async Task WaitAsync(DateTimeOffset nextHousekeeping, CancellationToken stopping)
    {
        var nextTry = journal.Read(connection => connection.ExecuteScalar<string?>("SELECT MIN(next_attempt_at) FROM outbox WHERE published_at IS NULL"));
        var until = nextTry is null ? nextHousekeeping : Earlier(nextHousekeeping, DateTimeOffset.Parse(nextTry));
        await _alarm.SleepAsync(until - time.GetUtcNow(), stopping).ConfigureAwait(false);
    }

    private Task ForgetOldAsync() => journal.WriteAsync(transaction =>
    {
        transaction.Execute("DELETE FROM outbox WHERE published_at < @before", new { before = transaction.Now - keepPublished });
        transaction.Execute("DELETE FROM inbox WHERE received_at < @before", new { before = transaction.Now - InboxMemory });
    });

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private readonly record struct Result(bool Published, string? Error);

    [LoggerMessage(20, LogLevel.Warning, "{Type} {MessageId} has not left the outbox (try {Attempt}): {Error}")]
    private static partial void LogNotPublished(ILogger logger, string type, string messageId, int attempt, string error);
}
