using System.ComponentModel.DataAnnotations;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Section <c>traefik</c>. Used when <see cref="EdgeOptions.Kind"/> is <c>traefik</c>.</summary>
public sealed class TraefikOptions
{
    /// <summary>
    /// The directory Traefik's file provider watches; the deployer writes one file per app into it and leaves other files alone. Needed for this edge. Each platform
    /// has its own.
    /// </summary>
    [RegularExpression(@"^/[^\x00-\x1f]*$", ErrorMessage = "must be a full path such as /var/lib/mambo/traefik")]
    public string? Directory { get; set; }

    /// <summary>
    /// Where Traefik's API answers, for the deployer only, such as <c>http://127.0.0.1:7481</c>; a deployment goes on once Traefik shows the new routes, and fails with
    /// Traefik's own words if it refuses them. Unset: the deployer waits for <see cref="Settle"/> and does not know.
    /// </summary>
    public Uri? Api { get; set; }

    /// <summary>How long Traefik may take to use a changed file. Default: 3 seconds, its <c>providersThrottleDuration</c> of 2 seconds and some margin.</summary>
    public TimeSpan Settle { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Entry points of routers whose labels name none, such as <c>[websecure]</c>. Unset: Traefik's own default entry points.</summary>
    public IReadOnlyList<string>? EntryPoints { get; set; }
}
