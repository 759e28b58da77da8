using Mambo.Deployer.Compose;

namespace Mambo.Deployer.Plan;

/// <summary>Whether a new container of a service can run beside the old one.</summary>
internal static class Rolling
{
    /// <summary>Label of a service: <c>roll</c> although it has volumes, or <c>recreate</c> although it has none.</summary>
    public const string Label = "mambo.rollout";

    /// <summary>What two containers at once cannot have. Empty: nothing.</summary>
    public static IEnumerable<string> Obstacles(ComposeService service, ComposeModel model)
    {
        if (service.HostPorts.Count > 0)
            yield return $"it takes the host's {(service.HostPorts.Count == 1 ? "port" : "ports")} {string.Join(", ", service.HostPorts)}";
        if (service.ContainerName is { } name)
            yield return $"its container has the fixed name {name}";
        if (service.FixedAddresses is [var network, ..])
            yield return $"it has a fixed address in the network {network}";
        if (service.Privileges.NetworkMode is { } mode && (mode == "host" || mode.StartsWith("container:", StringComparison.Ordinal)))
            yield return $"it uses network_mode {mode}";
        if (service.Joins is [var joined, ..])
            yield return $"it shares namespaces or volumes of {joined}";
        if (model.Services.FirstOrDefault(other => other.Joins.Contains(service.Name)) is { } joining)
            yield return $"{joining.Name} shares its namespaces or volumes";
    }

    /// <summary>Volumes both containers would write to at once. Bind mounts are no obstacle when they are read-only or within the bundle.</summary>
    /// <param name="service">The service.</param>
    /// <param name="bundle">The folder of the unpacked bundle.</param>
    /// <param name="ofImage">Paths its image declares as volumes: the new container would get empty ones.</param>
    public static IEnumerable<string> SharedVolumes(ComposeService service, string bundle, IReadOnlyList<string> ofImage)
    {
        var content = new BundleContent(bundle);
        foreach (var mount in service.Mounts.Where(mount => !mount.ReadOnly))
        {
            if (mount.Type is "volume" or "cluster")
                yield return mount.Source ?? mount.Target;
            else if (mount is { Type: "bind", Source: { } path } && !content.Holds(path))
                yield return path;
        }

        foreach (var path in ofImage.Where(path => service.Mounts.All(mount => mount.Target.TrimEnd('/') != path.TrimEnd('/'))))
            yield return path;
    }
}
