using System.Diagnostics;

using Mambo.TestEnvironment;

namespace Mambo.Benchmarks;

/// <summary>The same compose file in folders of its own, a new one for each change as a release has.</summary>
internal sealed class ComposePeer(string project) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mambo-peer-").FullName;

    public async Task<double> UpAsync(string page)
    {
        var release = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        Bundle.WebApp("peer", page).ExtractTo(release);
        var watch = Stopwatch.StartNew();
        await DockerCommand.RunAsync("compose", "--project-name", project, "--project-directory", release, "-f", Path.Combine(release, "compose.yml"), "up", "-d", "--wait");
        return watch.Elapsed.TotalSeconds;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
