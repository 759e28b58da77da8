using System.Text.Json;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Lint;

/// <summary>Finds everything by which an app reaches beyond its own containers, its bundle and its networks, and was not allowed to.</summary>
internal sealed class HostReach
{
    /// <summary>What Docker gives every container by itself; to name these adds nothing.</summary>
    private static readonly HashSet<string> Usual = new(StringComparer.OrdinalIgnoreCase)
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    };

    private static readonly HashSet<string> Sockets = new(StringComparer.Ordinal) { "/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock" };

    private readonly ComposeProject _project;
    private readonly AppPermissions _allowed;
    private readonly List<FieldError> _faults = [];

    private HostReach(ComposeProject project, AppPermissions allowed) => (_project, _allowed) = (project, allowed);

    /// <summary>Of all services, networks, volumes, configs and secrets. Empty: it keeps to itself.</summary>
    public static IReadOnlyList<FieldError> Of(ComposeModel model, ComposeProject project, AppPermissions allowed)
    {
        var reach = new HostReach(project, allowed);
        foreach (var service in model.Services)
        {
            reach.Rights(service.Name, service.Privileges);
            reach.Namespaces(service.Name, service.Privileges);
            reach.Mounts(service);
            reach.Hooks(service);
            reach.ReservedDevices(service);
        }

        reach.Shared(model);
        return reach._faults;
    }

    private void Shared(ComposeModel model)
    {
        foreach (var (kind, name, definition) in Named("networks", model.Networks).Concat(Named("volumes", model.Volumes)))
        {
            if (Text(definition, "driver") is "host" or "macvlan" or "ipvlan")
                Unless(AppPermission.HostNetwork, $"{kind}.{name}.driver", $"It puts the app into the host's network ({Text(definition, "driver")})");
            var real = Text(definition, "name") ?? name;
            if (kind == "networks" && real == "host")
                Unless(AppPermission.HostNetwork, $"{kind}.{name}", "It is the host's network");
            if (definition is { ValueKind: JsonValueKind.Object } && definition.TryGetProperty("external", out var external) && external.ValueKind == JsonValueKind.True)
                Unless(AppPermission.External, $"{kind}.{name}", $"It is external: {real} was made by others");
            else if (!real.StartsWith($"{_project.Name}_", StringComparison.Ordinal))
                Unless(AppPermission.External, $"{kind}.{name}.name", $"{real} could be another app's; leave the name out, and it is {_project.Name}_{name}");
            if (kind == "volumes" && definition.ValueKind == JsonValueKind.Object && definition.TryGetProperty("driver_opts", out var options) && Text(options, "device") is { } device && device.StartsWith('/'))
                Within($"{kind}.{name}.driver_opts.device", device);
        }

        foreach (var (kind, name, definition) in Named("configs", model.Configs).Concat(Named("secrets", model.Secrets)))
        {
            if (Text(definition, "file") is { } file)
                Within($"{kind}.{name}.file", file);
        }
    }

    private void Rights(string service, ComposePrivileges rights)
    {
        var prefix = $"services.{service}";
        if (rights.Privileged)
            Unless(AppPermission.Privileged, $"{prefix}.privileged", "It would have all rights of the host");
        var added = rights.AddedCapabilities.Where(name => !Usual.Contains(name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name[4..] : name)).ToList();
        if (added.Count > 0)
            Unless(AppPermission.Capabilities, $"{prefix}.cap_add", $"{string.Join(", ", added)} is more than a container usually may");
        if (rights.Devices.Count > 0)
            Unless(AppPermission.Devices, $"{prefix}.devices", $"It asks for devices of the host: {string.Join(", ", rights.Devices)}");
        var open = rights.SecurityOptions.Where(option => option.Contains("unconfined", StringComparison.OrdinalIgnoreCase) || option.Replace('=', ':').Equals("label:disable", StringComparison.OrdinalIgnoreCase)).ToList();
        if (open.Count > 0)
            Unless(AppPermission.Unconfined, $"{prefix}.security_opt", $"{string.Join(", ", open)} takes the container's guard away");
        // A profile is a file compose reads and hands on.
        foreach (var profile in rights.SecurityOptions.Select(option => option.Split([':', '='], 2)).Where(parts => parts is ["seccomp", not ("unconfined" or "builtin" or "default")]))
            Within($"{prefix}.security_opt", Path.GetFullPath(profile[1], _project.Directory));
    }

    private void Namespaces(string service, ComposePrivileges rights)
    {
        if (rights.NetworkMode == "host")
            Unless(AppPermission.HostNetwork, $"services.{service}.network_mode", "It would be in the host's network, beside everything that listens there");
        else if (rights.NetworkMode is { } other && other != "none" && !other.StartsWith("service:", StringComparison.Ordinal) && !IsOfContainer(other))
            Unless(AppPermission.External, $"services.{service}.network_mode", $"The network {other} was made by others");
        var others = rights.Namespaces.Where(space => space.Value == "host" || IsOfContainer(space.Value)).Select(space => (space.Key, space.Value))
            .Concat(rights.NetworkMode is { } mode && IsOfContainer(mode) ? [("network_mode", mode)] : [])
            .Concat(rights.VolumesOfContainers.Select(container => ("volumes_from", $"container:{container}")));
        foreach (var (key, value) in others)
            Unless(AppPermission.HostNamespaces, $"services.{service}.{key}", $"{value} is not the app's own");
    }

    private void Mounts(ComposeService service)
    {
        foreach (var source in service.Mounts.Where(mount => mount.Type is "bind" or "npipe").Select(mount => mount.Source).OfType<string>())
        {
            if (Sockets.Contains(Path.GetFullPath(source)))
                Unless(AppPermission.DockerSocket, $"services.{service.Name}.volumes", $"{source} is the engine's socket: who has it has the host");
            else
                Within($"services.{service.Name}.volumes", source);
        }
    }

    /// <summary>A hook may run with more rights than its container.</summary>
    private void Hooks(ComposeService service)
    {
        foreach (var hook in (string[])["post_start", "pre_stop"])
        {
            if (service.Definition.ValueKind == JsonValueKind.Object && service.Definition.TryGetProperty(hook, out var commands) && commands.ValueKind == JsonValueKind.Array
                && commands.EnumerateArray().Any(command => command.TryGetProperty("privileged", out var privileged) && privileged.ValueKind == JsonValueKind.True))
                Unless(AppPermission.Privileged, $"services.{service.Name}.{hook}", "It would run with all rights of the host");
        }
    }

    /// <summary>Devices by another way.</summary>
    private void ReservedDevices(ComposeService service)
    {
        var asked = service.Definition.ValueKind == JsonValueKind.Object && (service.Definition.TryGetProperty("gpus", out _)
            || (service.Definition.TryGetProperty("deploy", out var deploy) && deploy.TryGetProperty("resources", out var resources)
                && resources.TryGetProperty("reservations", out var reservations) && reservations.TryGetProperty("devices", out _)));
        if (asked)
            Unless(AppPermission.Devices, $"services.{service.Name}.gpus", "It asks for devices of the host");
    }

    private void Within(string field, string path)
    {
        var full = Path.GetFullPath(path);
        if (!BundlePath.IsInside(_project.Directory, full) && !_allowed.AllowsPath(full))
            _faults.Add(new FieldError(field, $"{path} is outside the app's bundle. Put it into the bundle or use a volume; or let the app have it in mambo.yml: deployer.apps.<app>.hostPaths: [{full}]."));
    }

    private void Unless(AppPermission permission, string field, string problem)
    {
        if (!_allowed.Allows(permission))
            _faults.Add(new FieldError(field, $"{problem}. Remove it, or let the app do it in mambo.yml: deployer.apps.<app>.allow: [{JsonNamingPolicy.CamelCase.ConvertName(permission.ToString())}]."));
    }

    private static bool IsOfContainer(string mode) => mode.StartsWith("container:", StringComparison.Ordinal);

    private static IEnumerable<(string Kind, string Name, JsonElement Definition)> Named(string kind, IReadOnlyDictionary<string, JsonElement> all) => all.Select(one => (kind, one.Key, one.Value));

    private static string? Text(JsonElement definition, string name) =>
        definition.ValueKind == JsonValueKind.Object && definition.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
