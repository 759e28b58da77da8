using System.Diagnostics.Metrics;
using System.Text.Json;

using Mambo.Backoffice.Apps;
using Mambo.Backoffice.Deployments;
using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Operations;
using Mambo.ServiceDefaults.Telemetry;

namespace Mambo.Backoffice.Timeline;

/// <summary>Records every event on the bus, once, and brings deployments and apps up to date with it, in one transaction.</summary>
internal sealed partial class TimelineRecorder(
    [FromKeyedServices(BackofficeRegistrations.Service)] Journal journal, TimelineSignal signal, ILogger<TimelineRecorder> logger) : IEventHandler
{
    private static readonly Counter<long> Recorded =
        MamboMeter.Meter.CreateCounter<long>("mambo.timeline.events", "{event}", "Events recorded in the timeline.");

    public async Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
    {
        var happened = Read(delivery);
        var seq = await journal.WriteAsync(
            transaction =>
            {
                var at = happened.OccurredAt == default ? transaction.Now : happened.OccurredAt;
                var place = EventTable.Append(transaction, delivery.MessageId, delivery.Type, at, happened.Host, delivery.Body);
                if (place is not null && happened is DeploymentEvent about)
                {
                    var stamped = about with { OccurredAt = at };
                    DeploymentTable.Project(transaction, stamped);
                    AppTable.Project(transaction, stamped);
                }

                return place;
            },
            cancellationToken);
        if (seq is not { } added)
            return;
        Recorded.Add(1, new KeyValuePair<string, object?>("type", delivery.Type));
        signal.Committed(added);
    }

    /// <summary>An event this version cannot read in full (a newer teller, a new word in an enum) is recorded all the same, without being projected.</summary>
    /// <exception cref="JsonException">It is not JSON; it belongs into the error queue.</exception>
    private PlatformEvent Read(EventDelivery delivery)
    {
        try
        {
            return WireNames.Find(delivery.Type) is { } type
                ? (PlatformEvent?)JsonSerializer.Deserialize(delivery.Body, type, WireJson.Options) ?? throw new JsonException($"The body of {delivery.Type} is null.")
                : JsonSerializer.Deserialize<UnreadableEvent>(delivery.Body, WireJson.Options)!;
        }
        catch (JsonException fault) when (JsonElement.Parse(delivery.Body) is { ValueKind: JsonValueKind.Object })
        {
            LogNotProjected(logger, delivery.Type, delivery.MessageId, fault.Message);
            return new UnreadableEvent();
        }
    }

    private sealed record UnreadableEvent : PlatformEvent;

    [LoggerMessage(130, LogLevel.Warning, "{Type} {MessageId} is recorded but not understood, so deployments and apps do not show it: {Problem}")]
    private static partial void LogNotProjected(ILogger logger, string type, string messageId, string problem);
}
