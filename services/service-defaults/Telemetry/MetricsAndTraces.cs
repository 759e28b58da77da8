using Mambo.ServiceDefaults.Configuration;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Mambo.ServiceDefaults.Telemetry;

/// <summary>Metrics and traces by OTLP, each only when its address is set: else nothing is collected and no exporter exists.</summary>
internal static class MetricsAndTraces
{
    /// <summary>Of what ASP.NET Core, Kestrel and the runtime measure, the few an operator of a small machine looks at.</summary>
    private static readonly HashSet<string> Useful =
    [
        "http.server.request.duration", "http.server.active_requests", "kestrel.active_connections", "kestrel.rejected_connections",
        "dotnet.process.cpu.time", "dotnet.process.memory.working_set", "dotnet.gc.last_collection.heap.size", "dotnet.gc.collections", "dotnet.gc.pause.time",
        "dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length", "dotnet.exceptions",
    ];

    public static void AddMetricsAndTraces(this IHostApplicationBuilder builder, PlatformSetup setup)
    {
        var telemetry = setup.Options.Telemetry;
        if (telemetry is { Metrics: null, Traces: null })
            return;

        // Not the default resource: it would take OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME from the environment.
        var resource = ResourceBuilder.CreateEmpty().AddAttributes(SignalResource.Attributes(setup));
        var openTelemetry = builder.Services.AddOpenTelemetry();
        if (telemetry.Metrics is { } metrics)
        {
            openTelemetry.WithMetrics(meters => meters
                .SetResourceBuilder(resource)
                .AddMeter("Mambo", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
                .AddRuntimeInstrumentation()
                .AddView(instrument => instrument.Meter.Name == "Mambo" || Useful.Contains(instrument.Name) ? null : MetricStreamConfiguration.Drop)
                .AddOtlpExporter((exporter, reader) =>
                {
                    exporter.Endpoint = metrics;
                    exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)telemetry.MetricsInterval.TotalMilliseconds;
                }));
        }

        if (telemetry.Traces is { } traces)
        {
            openTelemetry.WithTracing(sources => sources
                .SetResourceBuilder(resource)
                .AddSource("Mambo")
                .AddAspNetCoreInstrumentation(requests => requests.Filter = request => request.Request.Path.Value is not ("/healthz" or "/readyz"))
                .AddOtlpExporter(exporter =>
                {
                    exporter.Endpoint = traces;
                    exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                }));
        }
    }
}
