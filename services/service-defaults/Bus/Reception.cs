using System.Diagnostics;

using Mambo.ServiceDefaults.Telemetry;

using MassTransit;

using Microsoft.Extensions.Logging;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>What every message goes through on its way to a receiver: the sender's trace goes on, log lines carry the message's id, the meter counts.</summary>
internal static partial class Reception
{
    /// <summary>Pauses before the tries after the first. Short: what takes longer to mend is for the error queue and a person.</summary>
    private static readonly TimeSpan[] Retries = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1)];

    /// <summary>Reads bytes as they are, tries again on failure and, where that does not help, parks the message.</summary>
    public static void Receive(this IReceiveEndpointConfigurator endpoint, string queue, ReceiveMessage receive, ParkFilter park, ILogger logger)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.PublishFaults = false;
        endpoint.ConfigureError(error => error.UseFilter(park));
        endpoint.UseMessageRetry(retry =>
        {
            retry.Ignore<UnreadableMessageException>();
            retry.Intervals(Retries);
        });
        endpoint.Handler<WireMessage>(context => HandleAsync(queue, context.Message, receive, logger, context.CancellationToken));
    }

    private static async Task HandleAsync(string queue, WireMessage message, ReceiveMessage receive, ILogger logger, CancellationToken cancellationToken)
    {
        using var activity = Continue(message, queue);
        using var scope = LogScope.Of(("message_id", message.MessageId), ("queue", queue));
        try
        {
            await receive(message, cancellationToken).ConfigureAwait(false);
            BusMetrics.Consumed(queue);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            BusMetrics.FailedTry(queue);
            LogFailed(logger, queue, fault.GetType().Name);
            activity.SetStatus(ActivityStatusCode.Error, fault.GetType().Name);
            throw;
        }
    }

    /// <summary>
    /// Always a current activity, also where nobody exports spans: the journal stores its id, so that a process without tracing does not cut the trace of its neighbours.
    /// </summary>
    private static Activity Continue(WireMessage message, string queue)
    {
        var name = $"process {queue}";
        if (Activities.StartFrom(message.TraceParent, name, ActivityKind.Consumer) is { } recorded)
            return recorded.SetTag("messaging.system", "mambo").SetTag("messaging.message.id", message.MessageId);

        var activity = new Activity(name) { ActivityTraceFlags = ActivityTraceFlags.Recorded };
        if (ActivityContext.TryParse(message.TraceParent, null, out var parent))
            activity.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
        return activity.SetIdFormat(ActivityIdFormat.W3C).Start();
    }

    [LoggerMessage(46, LogLevel.Warning, "A try to handle a message of {Queue} failed with {Fault}")]
    private static partial void LogFailed(ILogger logger, string queue, string fault);
}
