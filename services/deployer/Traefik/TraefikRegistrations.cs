using Mambo.Deployer.Edge;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Traefik;

/// <summary>What a host calls when <c>edge.kind</c> is <c>traefik</c>.</summary>
internal static class TraefikRegistrations
{
    /// <summary>Adds Traefik's files and API. Without a usable <c>traefik.directory</c> the process does not start.</summary>
    public static IHostApplicationBuilder AddTraefik(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TraefikFiles>().AddSingleton<TraefikApi>().AddSingleton<TraefikEdge>().AddSingleton<IEdge>(provider => provider.GetRequiredService<TraefikEdge>());
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TraefikEdge>());
        if (FaultOf(builder.Setup().Options.Traefik) is { } fault)
            builder.AddFault(fault);
        return builder;
    }

    internal static ConfigurationFault? FaultOf(TraefikOptions options) => options.Directory switch
    {
        null => Fault("it is missing, and edge.kind is traefik", "Write the full path of the directory Traefik's file provider watches, such as /var/lib/mambo/traefik."),
        var directory when !Directory.Exists(directory) => Fault($"the directory {directory} does not exist", "Make it, readable for Traefik, or correct the path."),
        _ => null,
    };

    private static ConfigurationFault Fault(string problem, string remedy) => new("traefik.directory", null, problem, remedy);
}
