namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Section <c>telemetry</c>. Each address may be unset: then that signal is not sent.</summary>
public sealed class TelemetryOptions
{
    /// <summary>OTLP base address for logs, such as <c>http://loki:3100/otlp</c>.</summary>
    public Uri? Logs { get; set; }

    /// <summary>OTLP address for metrics, such as <c>http://victoriametrics:8428/opentelemetry/v1/metrics</c>.</summary>
    public Uri? Metrics { get; set; }

    /// <summary>OTLP address for traces, such as <c>http://collector:4318/v1/traces</c>.</summary>
    public Uri? Traces { get; set; }

    /// <summary>How often metrics are sent. Default: 15 seconds.</summary>
    public TimeSpan MetricsInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Deployment environment named on every signal. Default: <c>production</c>.</summary>
    public string Environment { get; set; } = "production";
}
