namespace Mambo.Backoffice;

/// <summary>What a host calls to have this service.</summary>
public static class BackofficeRegistrations
{
    /// <summary>Adds the service.</summary>
    public static IHostApplicationBuilder AddBackoffice(this IHostApplicationBuilder builder) => builder;

    /// <summary>Maps what the service answers over HTTP.</summary>
    public static WebApplication MapBackoffice(this WebApplication app) => app;
}
