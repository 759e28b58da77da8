using Mambo.Deployer.Compose;

namespace Mambo.Deployer.Releases;

/// <summary>What an edge has to know of a compose service that is routed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">Its <c>traefik.*</c> labels.</param>
/// <param name="Port">The only port it exposes, by its compose file or its image. Null: none or several.</param>
internal sealed record RoutedService(string Name, IReadOnlyDictionary<string, string> Labels, int? Port);

/// <summary>The routed services of a compose file.</summary>
internal static class RoutedServices
{
    private const string Prefix = "traefik.";

    /// <param name="model">The compose file.</param>
    /// <param name="exposed">Ports the image of a service exposes.</param>
    public static IReadOnlyList<RoutedService> Of(ComposeModel model, Func<ComposeService, IReadOnlyList<int>> exposed) =>
    [
        .. from service in model.Services
           let labels = service.Labels.Where(label => label.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)).ToDictionary(label => label.Key, label => label.Value)
           where labels.Count > 0
           let ports = service.Expose.Count > 0 ? service.Expose : exposed(service)
           select new RoutedService(service.Name, labels, ports is [var only] ? only : null),
    ];

    /// <summary>As a compose file that says nothing else.</summary>
    public static ComposeModel Model(IReadOnlyList<RoutedService> services) =>
        new([.. services.Select(service => new ComposeService(service.Name, null, service.Labels, service.Port is { } port ? [port] : [], HasHealthCheck: false))]);
}
