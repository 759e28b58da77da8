using Docker.DotNet.Models;

namespace Mambo.Deployer.Engine;

/// <summary>A container of a compose project, as a list of the engine shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Project">The compose project it belongs to.</param>
/// <param name="Service">The compose service it is an instance of.</param>
/// <param name="State">As the engine says it: <c>running</c>, <c>exited</c>, <c>restarting</c>, …</param>
/// <param name="Address">Its IP address, reachable from this host. Null: it has none now.</param>
/// <param name="ExitedWell">It ended by itself with code 0.</param>
/// <param name="OneOff">Made by <c>compose run</c>.</param>
internal sealed record AppContainer(string Id, string Name, string Project, string Service, string State, string? Address, bool ExitedWell, bool OneOff)
{
    public const string ProjectLabel = "com.docker.compose.project";

    private const string ServiceLabel = "com.docker.compose.service";
    private const string OneOffLabel = "com.docker.compose.oneoff";
    private const string NetworkLabel = "traefik.docker.network";

    public static IComparer<AppContainer> ByName { get; } = Comparer<AppContainer>.Create((one, other) => string.CompareOrdinal(one.Name, other.Name));

    public bool IsRunning => State == "running";

    public static AppContainer Of(ContainerListResponse container)
    {
        var labels = container.Labels ?? new Dictionary<string, string>();
        string Label(string name) => labels.TryGetValue(name, out var value) ? value : "";
        return new AppContainer(
            container.ID,
            container.Names is [var name, ..] ? name.TrimStart('/') : container.ID[..12],
            Label(ProjectLabel),
            Label(ServiceLabel),
            container.State ?? "",
            AddressOf(container, Label(NetworkLabel)),
            // The list of containers tells the exit code only in words.
            container.Status?.StartsWith("Exited (0)", StringComparison.Ordinal) == true,
            Label(OneOffLabel).Equals("true", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>In the network its label names, else in the first by name.</summary>
    private static string? AddressOf(ContainerListResponse container, string wanted)
    {
        var networks = container.NetworkSettings?.Networks ?? new Dictionary<string, EndpointSettings>();
        if (networks.ContainsKey("host"))
            return "127.0.0.1";
        return networks
            .Where(network => !string.IsNullOrEmpty(network.Value?.IPAddress))
            .OrderBy(network => network.Key == wanted ? 0 : 1).ThenBy(network => network.Key, StringComparer.Ordinal)
            .Select(network => network.Value.IPAddress)
            .FirstOrDefault();
    }
}
