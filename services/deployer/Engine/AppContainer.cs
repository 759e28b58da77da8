using System.Globalization;

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
/// <param name="Slot">The release it was made for. 0: it does not say.</param>
/// <param name="Health">What Docker's health check says of it.</param>
internal sealed record AppContainer(
    string Id, string Name, string Project, string Service, string State, string? Address, bool ExitedWell, bool OneOff, int Slot = 0, ContainerHealth Health = ContainerHealth.Unchecked)
{
    /// <summary>The label that carries <see cref="Slot"/>.</summary>
    public const string SlotLabel = "mambo.release";

    public const string ProjectLabel = "com.docker.compose.project";

    private const string ServiceLabel = "com.docker.compose.service";
    private const string OneOffLabel = "com.docker.compose.oneoff";
    private const string NetworkLabel = "traefik.docker.network";

    public static IComparer<AppContainer> ByName { get; } = Comparer<AppContainer>.Create((one, other) => string.CompareOrdinal(one.Name, other.Name));

    public bool IsRunning => State == "running";

    public bool IsPaused => State == "paused";

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
            Label(OneOffLabel).Equals("true", StringComparison.OrdinalIgnoreCase),
            int.TryParse(Label(SlotLabel), NumberStyles.None, CultureInfo.InvariantCulture, out var slot) ? slot : 0,
            HealthOf(container.Status ?? ""));
    }

    /// <summary>The list of containers tells the health only in words.</summary>
    private static ContainerHealth HealthOf(string status) => status switch
    {
        _ when status.EndsWith("(healthy)", StringComparison.Ordinal) => ContainerHealth.Healthy,
        _ when status.EndsWith("(unhealthy)", StringComparison.Ordinal) => ContainerHealth.Unhealthy,
        _ when status.EndsWith("(health: starting)", StringComparison.Ordinal) => ContainerHealth.Starting,
        _ => ContainerHealth.Unchecked,
    };

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

/// <summary>What Docker's health check says of a container.</summary>
internal enum ContainerHealth
{
    /// <summary>It has no health check.</summary>
    Unchecked,

    /// <summary>No check has succeeded yet.</summary>
    Starting,

    /// <summary>The last check succeeded.</summary>
    Healthy,

    /// <summary>Checks failed as often in a row as the health check allows.</summary>
    Unhealthy,
}
