using System.Text.Json;

namespace Mambo.Deployer.Compose;

/// <summary>One service of a compose file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Image">Its image. Null: it can only be built.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Expose">Single TCP ports under <c>expose</c>.</param>
/// <param name="HasHealthCheck">The file declares a health check; the image may have one of its own.</param>
internal sealed record ComposeService(string Name, string? Image, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<int> Expose, bool HasHealthCheck)
{
    /// <summary>Everything compose prints of it.</summary>
    public JsonElement Definition { get; init; }

    /// <summary>Ports it takes from the host, as in <c>127.0.0.1:8080/tcp</c>; those the engine chooses freely are left out.</summary>
    public IReadOnlyList<string> HostPorts { get; init; } = [];

    /// <summary>The fixed name of its container. Null: compose numbers them.</summary>
    public string? ContainerName { get; init; }

    /// <summary>What is mounted into it, configs and secrets aside.</summary>
    public IReadOnlyList<ComposeMount> Mounts { get; init; } = [];

    /// <summary>Names of the top-level configs it mounts.</summary>
    public IReadOnlyList<string> Configs { get; init; } = [];

    /// <summary>Names of the top-level secrets it mounts.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Networks in which it has a fixed IP or MAC address.</summary>
    public IReadOnlyList<string> FixedAddresses { get; init; } = [];

    /// <summary>Names of its environment variables, sorted. Values are in <see cref="Definition"/> only.</summary>
    public IReadOnlyList<string> EnvironmentKeys { get; init; } = [];

    /// <summary>Services it waits for, and the condition: <c>service_started</c>, <c>service_healthy</c>, <c>service_completed_successfully</c>.</summary>
    public IReadOnlyDictionary<string, string> DependsOn { get; init; } = new Dictionary<string, string>();

    /// <summary><c>no</c>, <c>always</c>, <c>on-failure</c>, <c>unless-stopped</c>. Null: <c>no</c>.</summary>
    public string? Restart { get; init; }

    /// <summary>How many containers, 0 included.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Most memory of one container, in bytes. Null: no limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>What it has between SIGTERM and SIGKILL. Null: the engine's ten seconds.</summary>
    public TimeSpan? StopGrace { get; init; }

    /// <summary>How far it reaches into the host.</summary>
    public ComposePrivileges Privileges { get; init; } = new();

    /// <summary>Services whose namespaces or volumes it shares, from <c>network_mode</c>, <c>pid</c>, <c>ipc</c> and <c>volumes_from</c>: it has to be made anew with them.</summary>
    public IReadOnlyList<string> Joins { get; init; } = [];
}

/// <summary>Something mounted into a container.</summary>
/// <param name="Type"><c>bind</c>, <c>volume</c>, <c>tmpfs</c>, <c>image</c>, <c>cluster</c> or <c>npipe</c>.</param>
/// <param name="Source">Absolute path of a bind, name of a volume. Null: an anonymous volume, or none.</param>
/// <param name="Target">Path in the container.</param>
/// <param name="ReadOnly">The container cannot write to it.</param>
internal sealed record ComposeMount(string Type, string? Source, string Target, bool ReadOnly);

/// <summary>What a container may do to its host.</summary>
internal sealed record ComposePrivileges
{
    /// <summary><c>privileged: true</c>.</summary>
    public bool Privileged { get; init; }

    /// <summary>Capabilities added to the engine's own set.</summary>
    public IReadOnlyList<string> AddedCapabilities { get; init; } = [];

    /// <summary>Devices of the host, with <c>device_cgroup_rules</c>.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Options such as <c>seccomp:unconfined</c>.</summary>
    public IReadOnlyList<string> SecurityOptions { get; init; } = [];

    /// <summary><c>host</c>, <c>none</c>, <c>bridge</c>, <c>service:…</c>, <c>container:…</c>. Null: the project's networks.</summary>
    public string? NetworkMode { get; init; }

    /// <summary>Other namespaces, such as <c>pid: host</c>: compose's key, and its value.</summary>
    public IReadOnlyDictionary<string, string> Namespaces { get; init; } = new Dictionary<string, string>();

    /// <summary>Containers of others whose volumes it takes, from <c>volumes_from: container:…</c>.</summary>
    public IReadOnlyList<string> VolumesOfContainers { get; init; } = [];
}
