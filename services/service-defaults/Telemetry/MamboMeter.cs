using System.Diagnostics.Metrics;

namespace Mambo.ServiceDefaults.Telemetry;

/// <summary>The platform's own metrics. Names are <c>mambo.*</c> with units, which Prometheus naming turns into <c>mambo_*_seconds</c> and the like.</summary>
public static class MamboMeter
{
    /// <summary>The meter of every instrument the platform makes itself.</summary>
    public static Meter Meter { get; } = new("Mambo");
}
