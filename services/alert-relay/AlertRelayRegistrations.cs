namespace Mambo.AlertRelay;

/// <summary>What a host calls to have this service.</summary>
public static class AlertRelayRegistrations
{
    /// <summary>Adds the service.</summary>
    public static IHostApplicationBuilder AddAlertRelay(this IHostApplicationBuilder builder) => builder;

    /// <summary>Maps what the service answers over HTTP.</summary>
    public static WebApplication MapAlertRelay(this WebApplication app) => app;
}
