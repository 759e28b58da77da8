using Mambo.Deployer.Engine;
using Mambo.Deployer.Routes;

namespace Mambo.Deployer.Releases;

/// <summary>A numbered state of an app: a bundle, the images that replace its own, and what follows from both.</summary>
internal sealed record Release
{
    /// <summary>The app.</summary>
    public string App { get; init; } = "";

    /// <summary>Counted per app from 1.</summary>
    public int Number { get; init; }

    /// <summary>The deployment that made it.</summary>
    public Guid DeploymentId { get; init; }

    /// <summary>Digest of its bundle.</summary>
    public string Bundle { get; init; } = "";

    /// <summary>When it became the current release. Null: it never served.</summary>
    public DateTimeOffset? ServedAt { get; init; }

    /// <summary>What the journal keeps as one value.</summary>
    public ReleaseContent Content { get; init; } = new();

    /// <summary>Whether these containers are all of it: a routed service must run; another one may have done its work and ended, like a migration.</summary>
    public bool IsUp(IReadOnlyList<AppContainer> containers)
    {
        var routed = Content.Routes.Select(route => route.Service).ToHashSet(StringComparer.Ordinal);
        return Content.Services.All(service => containers.Any(container =>
            Owns(container, service) && (container.IsRunning || (!routed.Contains(service) && container is { State: "exited", ExitedWell: true }))));
    }

    /// <summary>Whether a container runs a service of this release.</summary>
    public bool Owns(AppContainer container) => Owns(container, container.Service);

    private bool Owns(AppContainer container, string service) =>
        container.Service == service && Content.Slots.TryGetValue(service, out var slot) && container.Slot == slot;
}

/// <summary>What a release consists of besides its bundle.</summary>
internal sealed record ReleaseContent
{
    /// <summary>The compose file within the bundle.</summary>
    public string ComposeFile { get; init; } = "";

    /// <summary>Image per service in place of the bundle's. Empty: as the bundle says.</summary>
    public IReadOnlyDictionary<string, string> ImageOverrides { get; init; } = new Dictionary<string, string>();

    /// <summary>Every service of the compose file.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Per service the release whose containers run it: its own number, or that of an earlier release where nothing has changed since.</summary>
    public IReadOnlyDictionary<string, int> Slots { get; init; } = new Dictionary<string, int>();

    /// <summary>Where it answers.</summary>
    public IReadOnlyList<AppRoute> Routes { get; init; } = [];

    /// <summary>The services with labels for the edge.</summary>
    public IReadOnlyList<RoutedService> Routed { get; init; } = [];

    /// <summary>What runs, by service. Empty until it served.</summary>
    public IReadOnlyDictionary<string, ReleasedImage> Images { get; init; } = new Dictionary<string, ReleasedImage>();

    /// <summary>Per service, the digest of all that decides how its container is made. Empty in rows of before: everything differs.</summary>
    public IReadOnlyDictionary<string, string> ServiceDigests { get; init; } = new Dictionary<string, string>();

    /// <summary>The digest of its networks. Empty in rows of before.</summary>
    public string Frame { get; init; } = "";
}

/// <summary>An image as it runs.</summary>
/// <param name="Reference">By digest when a registry has it, else as it was asked for.</param>
/// <param name="Id">The id of its content on this machine.</param>
/// <param name="CanBePulled">A registry has it under a digest.</param>
internal sealed record ReleasedImage(string Reference, string Id, bool CanBePulled);
