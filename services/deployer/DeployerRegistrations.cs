using Mambo.Contracts.Deployments;
using Mambo.Deployer.Acceptance;
using Mambo.Deployer.Bundles;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Edge;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Recovery;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Rollout;
using Mambo.Deployer.Traefik;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer;

/// <summary>What a host calls to have this service.</summary>
public static class DeployerRegistrations
{
    /// <summary>The service's name; also its journal's.</summary>
    internal const string Service = "deployer";

    /// <summary>Adds the service: its journal and operations, the commands it takes, the edge, and the health check <c>docker</c>.</summary>
    public static IHostApplicationBuilder AddDeployer(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<DockerEngine>().AddSingleton<ContainerWatch>().AddSingleton<ComposeCli>();
        services.AddSingleton<ReleaseLedger>().AddSingleton<ReleaseFolders>().AddSingleton<BundleStore>();
        services.AddSingleton<EdgeAddress>();
        AddEdge(builder);
        services.AddSingleton<Preparation>().AddSingleton<ImagePull>().AddSingleton<Preflight>().AddSingleton<PreDeployJobs>().AddSingleton<ContainerStart>().AddSingleton<ContainerDiagnosis>();
        services.AddSingleton<HealthGate>().AddSingleton<RouteSwitch>().AddSingleton<Soak>().AddSingleton<Retirement>().AddSingleton<ReleaseRecovery>().AddSingleton<WarmReleases>();
        services.AddSingleton<RolloutParts>();

        services.AddHostedService(provider => provider.GetRequiredService<ContainerWatch>());
        // Before the journal's runner: a deployment that goes on must find the routes of what serves now.
        services.AddHostedService(provider => provider.GetRequiredService<ReleaseRecovery>());
        services.AddJournal(Service, typeof(DeployerRegistrations).Assembly, provider => provider.GetRequiredService<DeployerOptions>().Parallel);
        services.AddHostedService(provider => provider.GetRequiredService<WarmReleases>());
        services.AddOperation<RollOut>(Service).AddOperation<RollBack>(Service);
        services.AddCommandHandler<DeployApp, DeployAppHandler>();
        services.AddCommandHandler<RollBackApp, RollBackAppHandler>();
        services.AddCommandHandler<CancelDeployment, CancelDeploymentHandler>();
        services.AddHealthChecks().AddCheck<ContainerWatch>("docker", tags: ["ready"]);

        return builder;
    }

    /// <summary>Lets the embedded edge answer what comes by its listener, whatever else the process maps.</summary>
    public static WebApplication MapDeployer(this WebApplication app)
    {
        if (app.Services.GetService<EmbeddedEdge>() is { } edge)
            app.Use((context, next) => context.CameBy(Listeners.Edge) ? edge.AnswerAsync(context) : next(context));
        return app;
    }

    private static void AddEdge(IHostApplicationBuilder builder)
    {
        var options = builder.Setup().Options.Edge;
        if (options.Kind == EdgeKind.Traefik)
        {
            builder.AddTraefik();
            return;
        }

        builder.Services.AddSingleton<EmbeddedEdge>().AddSingleton<IEdge>(provider => provider.GetRequiredService<EmbeddedEdge>()).AddHttpForwarder();
        builder.Listen(Listeners.Edge, options.Listen);
    }
}
