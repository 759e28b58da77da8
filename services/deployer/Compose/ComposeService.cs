namespace Mambo.Deployer.Compose;

/// <summary>One service of a compose file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Image">Its image. Null: it can only be built.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Expose">Single TCP ports under <c>expose</c>.</param>
/// <param name="HasHealthCheck">The file declares a health check; the image may have one of its own.</param>
internal sealed record ComposeService(string Name, string? Image, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<int> Expose, bool HasHealthCheck)
{
    /// <summary>Services it waits for, and how: <c>service_started</c>, <c>service_healthy</c> or <c>service_completed_successfully</c>.</summary>
    public IReadOnlyDictionary<string, string> DependsOn { get; init; } = new Dictionary<string, string>();

    /// <summary>How many containers it has.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>The name its container must have. Null: any.</summary>
    public string? ContainerName { get; init; }

    /// <summary>Such as <c>host</c>. Null: networks of its own.</summary>
    public string? NetworkMode { get; init; }

    /// <summary>Ports of the host it takes.</summary>
    public IReadOnlyList<string> PublishedPorts { get; init; } = [];

    /// <summary>It asks for an address of its own in a network.</summary>
    public bool HasFixedAddress { get; init; }

    /// <summary>What is mounted into its containers.</summary>
    public IReadOnlyList<ComposeMount> Mounts { get; init; } = [];

    /// <summary>Everything that decides how its containers are made, besides the image, as one text; compared, never read.</summary>
    public string Definition { get; init; } = "";

    /// <summary>Files and folders of the host that its containers see.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
}

/// <summary>Something mounted into a container.</summary>
/// <param name="Type"><c>bind</c>, <c>volume</c>, <c>tmpfs</c>, …</param>
/// <param name="Source">The path of a bind, the name of a volume. Null: an anonymous volume.</param>
/// <param name="Target">Where in the container.</param>
/// <param name="ReadOnly">It cannot be written to.</param>
internal sealed record ComposeMount(string Type, string? Source, string Target, bool ReadOnly);
