using Docker.DotNet;

using Mambo.Deployer.Engine;
using Mambo.Deployer.Releases;

namespace Mambo.Deployer.Lifecycle;

/// <summary>What an app that is removed leaves on the disk: unpacked bundles, releases, images.</summary>
internal sealed class AppFiles(ReleaseLedger ledger, ReleaseFolders folders, DockerEngine engine)
{
    /// <returns>What could not be removed: the app is gone all the same, and a person looks after the rest.</returns>
    public async Task<IReadOnlyList<string>> RemoveAsync(string app, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        try
        {
            foreach (var id in Retention.ImagesOf(app, ledger.Served()))
                await engine.RemoveImageAsync(id, cancellationToken);
        }
        catch (DockerApiException error)
        {
            problems.Add($"its images could not be removed: {error.Message}");
        }

        var folder = folders.App(app);
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{folder} could not be removed: {error.Message}");
        }

        return problems;
    }
}
