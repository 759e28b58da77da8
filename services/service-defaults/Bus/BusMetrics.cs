using System.Diagnostics.Metrics;

using Mambo.ServiceDefaults.Telemetry;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>Metrics of the bus, by queue.</summary>
internal static class BusMetrics
{
    private static readonly Counter<long> ConsumedCounter =
        MamboMeter.Meter.CreateCounter<long>("mambo.bus.consumed", unit: "{message}", description: "Messages handled and acknowledged, by queue.");

    private static readonly Counter<long> FaultedCounter =
        MamboMeter.Meter.CreateCounter<long>("mambo.bus.faulted", unit: "{message}", description: "Messages that were parked because no try succeeded, by queue.");

    public static void Consumed(string queue) => ConsumedCounter.Add(1, new KeyValuePair<string, object?>("queue", queue));

    public static void Faulted(string queue) => FaultedCounter.Add(1, new KeyValuePair<string, object?>("queue", queue));
}
