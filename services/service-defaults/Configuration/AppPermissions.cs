using System.ComponentModel.DataAnnotations;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>What an app may do beyond its own containers, folder and networks. Everything here is as good as the whole machine, so nothing is allowed unless it is written.</summary>
public sealed class AppPermissions
{
    /// <summary>
    /// Any of <c>privileged</c>, <c>dockerSocket</c>, <c>hostNetwork</c>, <c>hostNamespaces</c>, <c>capabilities</c>, <c>devices</c>, <c>unconfined</c> and <c>external</c>
    /// (networks and volumes that are not its own). Default: none.
    /// </summary>
    [EachOf(typeof(AppPermission))]
    public IReadOnlyList<string> Allow { get; set; } = [];

    /// <summary>Absolute paths of this host the app may mount or read, with all below them. Default: none; files of its own bundle need no mention.</summary>
    public IReadOnlyList<string> HostPaths { get; set; } = [];

    /// <summary>Whether the owner allowed it.</summary>
    public bool Allows(AppPermission permission) => Allow.Contains(OptionDefinition.CamelCase(permission.ToString()), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a path, or a folder above it, is among <see cref="HostPaths"/>.</summary>
    public bool AllowsPath(string path) => HostPaths.Select(allowed => Path.GetFullPath(allowed).TrimEnd('/')).Any(allowed => path == allowed || path.StartsWith($"{allowed}/", StringComparison.Ordinal));
}

/// <summary>What the owner may allow an app.</summary>
public enum AppPermission
{
    /// <summary>Containers with all rights of the host.</summary>
    Privileged,

    /// <summary>The Docker Engine's socket.</summary>
    DockerSocket,

    /// <summary>The host's network interfaces.</summary>
    HostNetwork,

    /// <summary>Processes, memory, users or names of the host, or namespaces and volumes of a container of another app.</summary>
    HostNamespaces,

    /// <summary>Capabilities beyond those the engine gives every container.</summary>
    Capabilities,

    /// <summary>Devices of the host.</summary>
    Devices,

    /// <summary>Containers without seccomp, AppArmor or SELinux.</summary>
    Unconfined,

    /// <summary>Networks and volumes made by others.</summary>
    External,
}

/// <summary>Every item of a list must be a value of an enum.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EachOfAttribute(Type type) : ValidationAttribute($"may hold only {string.Join(", ", OptionText.Choices(type))}")
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not IReadOnlyList<string> items || items.All(item => OptionText.Choices(type).Contains(item, StringComparer.OrdinalIgnoreCase));
}
