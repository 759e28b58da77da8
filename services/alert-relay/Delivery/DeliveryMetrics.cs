using System.Diagnostics.Metrics;

using Mambo.ServiceDefaults.Telemetry;

namespace Mambo.AlertRelay.Delivery;

/// <summary>What an operator watches, to know that the phone would ring.</summary>
internal static class DeliveryMetrics
{
    private static readonly Counter<long> Messages = MamboMeter.Meter.CreateCounter<long>(
        "mambo.alerts.delivered", unit: "{message}", description: "Messages that came to an end, by outcome: delivered, refused, given_up.");

    private static readonly Histogram<double> Durations = MamboMeter.Meter.CreateHistogram(
        "mambo.alert.delivery.duration",
        unit: "s",
        description: "From the event to the ntfy server's answer.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 14400, 86400] });

    public static void Ended(DeliveryOutcome outcome, TimeSpan took)
    {
        var label = outcome switch { DeliveryOutcome.Delivered => "delivered", DeliveryOutcome.Refused => "refused", _ => "given_up" };
        Messages.Add(1, new KeyValuePair<string, object?>("outcome", label));
        if (outcome == DeliveryOutcome.Delivered)
            Durations.Record(took.TotalSeconds);
    }

    /// <summary>A gauge read from the journal when metrics are collected.</summary>
    public static void Watch(DeliveryQueue queue) => MamboMeter.Meter.CreateObservableGauge(
        "mambo.alerts.undelivered", queue.Count, unit: "{notification}", description: "Notifications that wait to be delivered.");
}

/// <summary>How a message ended.</summary>
internal enum DeliveryOutcome
{
    /// <summary>The server has it.</summary>
    Delivered,

    /// <summary>The server refuses it for good.</summary>
    Refused,

    /// <summary>The server was out of reach for too long.</summary>
    GivenUp,
}
