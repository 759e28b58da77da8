using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Compose;

/// <summary>One release of an app as compose sees it.</summary>
/// <param name="Name">The project's name: the platform's, a hyphen, the app's.</param>
/// <param name="Directory">The unpacked bundle; relative paths of the compose file begin here, and its <c>.env</c> is read.</param>
/// <param name="Files">The compose file, then the images that replace its own, if any.</param>
/// <param name="Environment">What the compose file may refer to besides its <c>.env</c>: <c>MAMBO_DOMAIN</c>, <c>MAMBO_APP</c>.</param>
internal sealed record ComposeProject(string Name, string Directory, IReadOnlyList<string> Files, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Folder of Docker's configuration, with the logins of private registries. Null: the user's own.</summary>
    public string? DockerConfiguration { get; init; }

    /// <summary>Names a compose file may have, in the order of preference.</summary>
    public static IReadOnlyList<string> FileNames { get; } = ["compose.yml", "compose.yaml", "docker-compose.yml"];

    /// <summary>The name of an app's project; also the prefix of its containers, networks and volumes.</summary>
    public static string NameOf(PlatformIdentity platform, string app) => $"{platform.Name}-{app}";
}
