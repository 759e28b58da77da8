using System.Diagnostics.Metrics;

using Mambo.ServiceDefaults.Telemetry;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>What is measured of the bus. The library's own meter is left out: it knows but one message type, and its series begin anew at every start.</summary>
internal static class BusMetrics
{
    private static readonly Counter<long> PublishedCounter =
        MamboMeter.Meter.CreateCounter<long>("mambo.bus.published", unit: "{message}", description: "Messages the broker has confirmed, by type.");

    private static readonly Counter<long> ConsumedCounter =
        MamboMeter.Meter.CreateCounter<long>("mambo.bus.consumed", unit: "{message}", description: "Messages a handler has taken, by queue.");

    private static readonly Counter<long> RetriedCounter =
        MamboMeter.Meter.CreateCounter<long>("mambo.bus.failed_tries", unit: "{try}", description: "Tries in which a handler failed, by queue.");

    private static readonly Counter<long> FaultedCounter =
        MamboMeter.Meter.CreateCounter<long>("mambo.bus.faulted", unit: "{message}", description: "Messages that were parked because no try succeeded, by queue.");

    public static void Published(string type) => PublishedCounter.Add(1, new KeyValuePair<string, object?>("type", type));

    public static void Consumed(string queue) => ConsumedCounter.Add(1, new KeyValuePair<string, object?>("queue", queue));

    public static void FailedTry(string queue) => RetriedCounter.Add(1, new KeyValuePair<string, object?>("queue", queue));

    public static void Faulted(string queue) => FaultedCounter.Add(1, new KeyValuePair<string, object?>("queue", queue));

    /// <summary>Gauges read when metrics are collected.</summary>
    public static void Watch(BusState state) => MamboMeter.Meter.CreateObservableGauge(
        "mambo.bus.connected", () => state.Report().Ready().Ok ? 1 : 0, description: "1 when every queue of the process is listened to, else 0.");

    /// <inheritdoc cref="Watch(BusState)"/>
    public static void Watch(ErrorQueues errors) => MamboMeter.Meter.CreateObservableGauge(
        "mambo.bus.parked",
        () => errors.Depths.Select(queue => new Measurement<long>(queue.Value, new KeyValuePair<string, object?>("queue", queue.Key))),
        unit: "{message}",
        description: "Messages in an error queue when it was last looked at, by error queue.");
}
