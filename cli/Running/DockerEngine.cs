using Mambo.Cli.Platform;

namespace Mambo.Cli.Running;

/// <summary>Docker through its command line.</summary>
internal static class DockerEngine
{
    private const string Project = "com.docker.compose.project";

    private const string WorkingDirectory = "com.docker.compose.project.working_dir";

    /// <summary>The engine's version, or null when there is none to ask.</summary>
    public static async Task<string?> VersionAsync(CancellationToken ct)
    {
        try
        {
            var (code, output) = await ChildProcess.RunAsync("docker", ["version", "--format", "{{.Server.Version}}"], TimeSpan.FromSeconds(5), ct);
            return code == 0 && output is [.., var version] ? version : null;
        }
        catch (CommandFailure)
        {
            return null;
        }
    }

    /// <summary>Whether the engine has this image.</summary>
    public static async Task<bool> HasImageAsync(string image, CancellationToken ct) =>
        (await ChildProcess.RunAsync("docker", ["image", "inspect", "--format", "{{.Id}}", image], TimeSpan.FromSeconds(30), ct)).Code == 0;

    /// <summary>
    /// Removes the containers and networks of the apps that run from this home, and of no other platform's. Volumes stay.
    /// Returns how many containers and which compose projects.
    /// </summary>
    public static async Task<(int Containers, IReadOnlyList<string> Projects)> RemoveAppsAsync(PlatformHome home, CancellationToken ct)
    {
        var rows = await ChildProcess.LinesAsync("docker", ["ps", "-a", "--no-trunc", "--filter", $"label={Project}", "--format", $"{{{{.ID}}}}\t{{{{.Label \"{Project}\"}}}}\t{{{{.Label \"{WorkingDirectory}\"}}}}"], ct);
        var ours = OfHome(rows, home);
        var projects = ours.Select(container => container.Project).Distinct().Order(StringComparer.Ordinal).ToList();
        if (ours.Count > 0)
            await ChildProcess.LinesAsync("docker", ["rm", "--force", .. ours.Select(container => container.Id)], ct);
        foreach (var project in projects)
        {
            var networks = await ChildProcess.LinesAsync("docker", ["network", "ls", "--quiet", "--no-trunc", "--filter", $"label={Project}={project}"], ct);
            if (networks.Count > 0)
                await ChildProcess.LinesAsync("docker", ["network", "rm", .. networks], ct);
        }

        return (ours.Count, projects);
    }

    /// <summary>
    /// A project's name alone does not tell whose it is: <c>mambo-</c> begins the names of every platform. The folder compose ran in does.
    /// </summary>
    internal static IReadOnlyList<(string Id, string Project)> OfHome(IEnumerable<string> rows, PlatformHome home) =>
    [
        .. rows.Select(row => row.Split('\t')).Where(row => row is [_, { Length: > 0 }, _] && row[2].StartsWith(home.Apps + '/', StringComparison.Ordinal)).Select(row => (row[0], row[1])),
    ];
}
