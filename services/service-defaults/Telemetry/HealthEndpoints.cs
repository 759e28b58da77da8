using Mambo.Contracts;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Mambo.ServiceDefaults.Telemetry;

/// <summary>Answers <c>/healthz</c> from the checks tagged <c>live</c> and <c>/readyz</c> from those tagged <c>ready</c>.</summary>
internal static class HealthEndpoints
{
    public static void AddHealth(this IHostApplicationBuilder builder, PlatformSetup setup)
    {
        builder.Services.AddHealthChecks();
        builder.AddHealthListener(setup);
    }

    public static void Map(WebApplication app)
    {
        var options = app.Services.GetRequiredService<MamboOptions>();
        app.Use(async (context, next) =>
        {
            var tag = context.Request.Path.Value switch { "/healthz" => "live", "/readyz" => "ready", _ => null };
            if (tag is null || !HttpMethods.IsGet(context.Request.Method) || !IsOurs(context, options))
                await next(context);
            else
                await AnswerAsync(context, tag);
        });
    }

    /// <summary>The edge belongs to the apps, which have their own /healthz.</summary>
    private static bool IsOurs(HttpContext context, MamboOptions options) =>
        options.Health.Listen is not null
            ? context.CameBy(Listeners.Health)
            : !context.CameBy(Listeners.Edge) && context.Connection.LocalPort != ListenAddress.Parse(options.Edge.Listen).Port;

    private static async Task AnswerAsync(HttpContext context, string tag)
    {
        var checks = context.RequestServices.GetRequiredService<HealthCheckService>();
        var report = await checks.CheckHealthAsync(check => check.Tags.Contains(tag), context.RequestAborted);
        context.Response.StatusCode = report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.Headers.CacheControl = "no-store";
        // The exception of a failed check stays in the log: its message may hold more than a stranger should read.
        await context.Response.WriteAsJsonAsync(
            new HealthAnswer(report.Status, [.. report.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new HealthLine(entry.Key, entry.Value.Status, entry.Value.Description))]),
            WireJson.Options, context.RequestAborted);
    }
}

/// <summary>The body of both answers.</summary>
/// <param name="Status">The worst of the checks.</param>
/// <param name="Checks">Each check and its reason.</param>
internal sealed record HealthAnswer(HealthStatus Status, IReadOnlyList<HealthLine> Checks);

internal sealed record HealthLine(string Name, HealthStatus Status, string? Reason);
