using Mambo.ServiceDefaults.Configuration;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

using OpenTelemetry;

using Serilog;
using Serilog.Configuration;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Sinks.OpenTelemetry;

namespace Mambo.ServiceDefaults.Telemetry;

/// <summary>Logs: always to the console, and by OTLP (to Loki) when <c>telemetry.logs</c> is set.</summary>
internal static class Logs
{
    private static readonly Dictionary<string, LogEventLevel> Levels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["verbose"] = LogEventLevel.Verbose,
        ["debug"] = LogEventLevel.Debug,
        ["information"] = LogEventLevel.Information,
        ["info"] = LogEventLevel.Information,
        ["warning"] = LogEventLevel.Warning,
        ["error"] = LogEventLevel.Error,
        ["fatal"] = LogEventLevel.Fatal,
    };

    public static void AddLogs(this WebApplicationBuilder builder, PlatformSetup setup, Surroundings surroundings)
    {
        var level = LevelOf(setup, surroundings);
        builder.Logging.ClearProviders();
        // Not the static logger: the container owns this one, and closes it, when several hosts live in one process, too.
        builder.Services.AddSerilog((_, logs) => Configure(logs, level, setup), preserveStaticLogger: true);
    }

    private static LogEventLevel LevelOf(PlatformSetup setup, Surroundings surroundings)
    {
        if (surroundings.Variable("MAMBO_LOG_LEVEL") is not { } text)
            return LogEventLevel.Information;
        if (Levels.TryGetValue(text, out var level))
            return level;
        setup.Faults.Add(new ConfigurationFault("MAMBO_LOG_LEVEL", "environment", $"\"{text}\" is no level", $"Write {string.Join(", ", Levels.Keys.Where(name => name != "info"))}, or unset it for information."));
        return LogEventLevel.Information;
    }

    private static void Configure(LoggerConfiguration logs, LogEventLevel level, PlatformSetup setup)
    {
        var libraries = level switch { LogEventLevel.Verbose => level, LogEventLevel.Debug => LogEventLevel.Information, _ => (LogEventLevel)Math.Max((int)level, (int)LogEventLevel.Warning) };
        logs.MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", libraries)
            .MinimumLevel.Override("System", libraries)
            // A failing check is an answer to whoever asks for it; as a log line it would come again with every question.
            .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", level <= LogEventLevel.Debug ? libraries : LogEventLevel.Fatal)
            // A broker that is away would fill the log with stack traces, one per queue and try; Bus/ says in one line what an operator needs.
            .MinimumLevel.Override("MassTransit", level <= LogEventLevel.Debug ? libraries : LogEventLevel.Fatal)
            .MinimumLevel.Override("Yarp", libraries)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", level)
            .Enrich.FromLogContext()
            .WriteTo.Console(new ConsoleLine());

        if (setup.Options.Telemetry.Logs is not { } endpoint)
            return;

        // A log store that does not answer is told about on stderr, the one place left.
        SelfLog.Enable(Console.Error);
        logs.WriteTo.Sink(new CappedSink(LoggerSinkConfiguration.CreateSink(sink => sink.OpenTelemetry(
            otlp =>
            {
                otlp.Endpoint = endpoint.AbsoluteUri;
                otlp.Protocol = OtlpProtocol.HttpProtobuf;
                otlp.ResourceAttributes = SignalResource.Attributes(setup);
                otlp.OnBeginSuppressInstrumentation = SuppressInstrumentationScope.Begin;
            },
            ignoreEnvironment: true))));
    }
}
