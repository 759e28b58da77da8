using System.Diagnostics.Metrics;

using Dapper;

using Mambo.ServiceDefaults.Telemetry;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>Metrics every service has because it has a journal.</summary>
internal static class OperationMetrics
{
    private static readonly Counter<long> Operations =
        MamboMeter.Meter.CreateCounter<long>("mambo.operations", unit: "{operation}", description: "Operations that ended, by kind and outcome.");

    private static readonly Histogram<double> Durations = MamboMeter.Meter.CreateHistogram(
        "mambo.operation.duration",
        unit: "s",
        description: "From acceptance to the end of an operation.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600] });

    public static void Ended(string kind, OperationState state, double seconds)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", state.ToString().ToLowerInvariant());
        var what = new KeyValuePair<string, object?>("kind", kind);
        Operations.Add(1, what, outcome);
        Durations.Record(seconds, what, outcome);
    }

    /// <summary>Gauges read from the journal when metrics are collected.</summary>
    public static void Watch(Journal journal, TimeProvider time)
    {
        var service = new KeyValuePair<string, object?>("journal", journal.Service);
        MamboMeter.Meter.CreateObservableGauge(
            "mambo.outbox.pending",
            () => new Measurement<long>(Scalar<long>(journal, "SELECT COUNT(*) FROM outbox WHERE published_at IS NULL"), service),
            unit: "{message}",
            description: "Messages that have not left the outbox.");
        MamboMeter.Meter.CreateObservableGauge(
            "mambo.outbox.oldest.age",
            () => new Measurement<double>(
                Scalar<string?>(journal, "SELECT MIN(created_at) FROM outbox WHERE published_at IS NULL") is { } oldest
                    ? (time.GetUtcNow() - DateTimeOffset.Parse(oldest)).TotalSeconds
                    : 0,
                service),
            unit: "s",
            description: "Age of the oldest message that has not left the outbox.");
        MamboMeter.Meter.CreateObservableGauge(
            "mambo.operations.unfinished",
            () => new Measurement<long>(Scalar<long>(journal, "SELECT COUNT(*) FROM operations WHERE ended_at IS NULL"), service),
            unit: "{operation}",
            description: "Operations queued or running.");
    }

    private static T? Scalar<T>(Journal journal, string sql) => journal.Read(connection => connection.ExecuteScalar<T>(sql));
}
