using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;

using Mambo.Contracts;
using Mambo.Contracts.Alerts;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>
/// Tells that messages were parked, trying until the broker has taken it. Not through an outbox: the error queue is the record, and is told of again at the next start.
/// A flood of bad messages is told once a second and queue; the depth says how many they are.
/// </summary>
internal sealed partial class ParkedMessages(PublishMessage publish, PlatformIdentity identity, TimeProvider time, ILogger<ParkedMessages> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, MessageParked> _untold = new(StringComparer.Ordinal);
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Returns at once.</summary>
    /// <param name="queue">The error queue.</param>
    /// <param name="problem">What was wrong, without any of the body's text.</param>
    /// <param name="depth">How many messages lie in it. Null: unknown.</param>
    public void Tell(string queue, string problem, long? depth)
    {
        _untold[queue] = new MessageParked { Queue = queue, Problem = problem, Depth = depth, OccurredAt = time.GetUtcNow(), Host = identity.Host };
        _wakes.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _wakes.Reader.WaitToReadAsync(stoppingToken).ConfigureAwait(false))
            {
                _wakes.Reader.TryRead(out _);
                foreach (var queue in _untold.Keys)
                {
                    if (_untold.TryRemove(queue, out var parked))
                        await TellAsync(parked, stoppingToken).ConfigureAwait(false);
                }

                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is untold lies in the error queue and is told of at the next start.
        }
    }

    private async Task TellAsync(MessageParked parked, CancellationToken stopping)
    {
        var type = WireNames.Of(typeof(MessageParked));
        var message = new OutboxMessage(
            0, Guid.CreateVersion7(parked.OccurredAt).ToString(), type, type, JsonSerializer.Serialize(parked, WireJson.Options), Route: null, TraceParent: null, parked.OccurredAt, Attempts: 0);
        try
        {
            using var late = new CancellationTokenSource(Deadline, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
            await publish(message, either.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            LogNotTold(logger, parked.Queue, fault.Message);
            // A newer telling of the same queue says all that this one did.
            _untold.TryAdd(parked.Queue, parked);
            _wakes.Writer.TryWrite(true);
        }
    }

    [LoggerMessage(41, LogLevel.Warning, "That a message lies in {Queue} is not told yet: {Error}")]
    private static partial void LogNotTold(ILogger logger, string queue, string error);
}
