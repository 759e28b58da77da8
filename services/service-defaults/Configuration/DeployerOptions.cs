using System.ComponentModel.DataAnnotations;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Section <c>deployer</c>.</summary>
public sealed class DeployerOptions
{
    /// <summary>Deployments of different apps that may run at once. Default: 2.</summary>
    [Range(1, 16)]
    public int Parallel { get; set; } = 2;

    /// <summary>Releases kept per app. Default: 5.</summary>
    [Range(2, 100)]
    public int KeepReleases { get; set; } = 5;

    /// <summary>Longest time for pulling images. Default: 10 minutes.</summary>
    public TimeSpan PullDeadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest time until all containers run and Docker calls them healthy. Default: 90 seconds.</summary>
    public TimeSpan StartDeadline { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>Longest time until every routed service answers HTTP. Default: 30 seconds.</summary>
    public TimeSpan GateDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time for the jobs that run before a release, such as a migration. Default: 5 minutes.</summary>
    public TimeSpan JobDeadline { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long requests and websockets that are under way may go on at the previous release once the new one serves. Default: 30 seconds.</summary>
    public TimeSpan DrainDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a release that serves is watched before it counts as deployed; errors, slowness or a container that ends bring the previous one back. Zero: not at all. Default: 10 seconds.</summary>
    [MayBeZero]
    public TimeSpan Soak { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the containers of the previous release stay, paused, so that going back takes no more than a change of routes. Zero: not at all. Default: 10 minutes.</summary>
    [MayBeZero]
    public TimeSpan Warm { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest time for a whole deployment, waiting for others not counted. Default: 15 minutes.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Most files in a bundle. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxBundleFiles { get; set; } = 10_000;

    /// <summary>Largest unpacked bundle, in bytes. Default: 256 MiB.</summary>
    [Range(1, 100L * 1024 * 1024 * 1024)]
    public long MaxUnpackedBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Image given to compose files as <c>MAMBO_WEB_IMAGE</c>, for hosts no registry answers. Unset: compose files use their own.</summary>
    [RegularExpression("^[a-z0-9][A-Za-z0-9._:/@-]{0,511}$", ErrorMessage = "must be an image reference such as mambo-web:local")]
    public string? WebImage { get; set; }

    /// <summary>What an app may do that others may not.</summary>
    public Dictionary<string, AppPermissions> Apps { get; } = new(StringComparer.Ordinal);
}
