using System.Diagnostics;

namespace Mambo.TestEnvironment;

/// <summary>Docker through its command line, for looking and for cleaning up after a test.</summary>
public static class DockerCommand
{
    /// <summary>Runs <c>docker</c> and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message carries what it printed to stderr.</exception>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode == 0
            ? (await output.ConfigureAwait(false)).Trim()
            : throw new InvalidOperationException($"docker {string.Join(' ', arguments)}: {await error.ConfigureAwait(false)}");
    }

    /// <summary>Ids of the containers of a compose project, running or not.</summary>
    public static async Task<IReadOnlyList<string>> ContainersOfAsync(string project) => Lines(await RunAsync(
        "ps", "-aq", "--no-trunc", "--filter", $"label=com.docker.compose.project={project}").ConfigureAwait(false));

    /// <summary>Removes the containers and networks of every compose project whose name begins so.</summary>
    public static async Task RemoveProjectsAsync(string prefix)
    {
        var containers = Lines(await RunAsync("ps", "-a", "--format", "{{.ID}} {{.Label \"com.docker.compose.project\"}}").ConfigureAwait(false));
        foreach (var id in Matching(containers, prefix))
            await RunAsync("rm", "-f", "-v", id).ConfigureAwait(false);
        var networks = Lines(await RunAsync("network", "ls", "--format", "{{.ID}} {{.Label \"com.docker.compose.project\"}}").ConfigureAwait(false));
        foreach (var id in Matching(networks, prefix))
            await RunAsync("network", "rm", id).ConfigureAwait(false);
    }

    private static IEnumerable<string> Matching(IReadOnlyList<string> rows, string prefix) => rows
        .Select(row => row.Split(' ', 2))
        .Where(parts => parts.Length == 2 && parts[1].StartsWith(prefix, StringComparison.Ordinal))
        .Select(parts => parts[0]);

    private static IReadOnlyList<string> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
