namespace Mambo.Deployer;

/// <summary>What a host calls to have this service.</summary>
public static class DeployerRegistrations
{
    /// <summary>Adds the service.</summary>
    public static IHostApplicationBuilder AddDeployer(this IHostApplicationBuilder builder) => builder;

    /// <summary>Maps what the service answers over HTTP.</summary>
    public static WebApplication MapDeployer(this WebApplication app) => app;
}
