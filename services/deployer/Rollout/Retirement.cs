using Mambo.Contracts.Deployments;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>The step <c>retire</c>: puts down what runs, and removes what no release that is kept needs.</summary>
internal sealed class Retirement(ReleaseLedger ledger, ReleaseFolders folders, DockerEngine engine, DeployerOptions options)
{
    public async Task RetireAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        var state = operation.State;
        var images = await Task.WhenAll(state.Images.Select(async image => (Service: image.Key, Image: await RunningAsync(image.Value, cancellationToken))));
        state.Release = state.Release! with
        {
            Content = state.Release.Content with { Images = images.ToDictionary(image => image.Service, image => image.Image) },
        };
        var plan = Retention.Plan(state.Release, ledger.Served(), options.KeepReleases);
        try
        {
            RemoveFolders(operation.Subject, plan);
            foreach (var id in plan.ImageIds)
                await engine.RemoveImageAsync(id, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or Docker.DotNet.DockerApiException)
        {
            // The release serves; what could not be removed is tried again with the next one, and people are told.
            state.Warnings.Add($"what earlier releases left could not be removed: {error.Message}");
        }
    }

    private async Task<ReleasedImage> RunningAsync(string reference, CancellationToken cancellationToken)
    {
        if (await engine.ImageAsync(reference, cancellationToken) is not { } image)
            return new ReleasedImage(reference, "", CanBePulled: false);
        var byDigest = image.RepoDigests.FirstOrDefault(digest => RepositoryOf(digest) == RepositoryOf(reference)) ?? (image.RepoDigests is [var first, ..] ? first : null);
        return new ReleasedImage(byDigest ?? reference, image.Id, byDigest is not null);
    }

    /// <summary>A reference without its tag and digest.</summary>
    internal static string RepositoryOf(string reference)
    {
        var name = reference.Split('@')[0];
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }

    private void RemoveFolders(string app, Retention plan)
    {
        foreach (var release in Folders(folders.Releases(app)).Where(name => int.TryParse(name, out var number) && !plan.Releases.Contains(number)))
            Directory.Delete(Path.Combine(folders.Releases(app), release), recursive: true);
        var kept = plan.Bundles.Select(bundle => BundleDigest.TryParse(bundle, out var digest, out _) ? digest.Hex : "").ToHashSet(StringComparer.Ordinal);
        foreach (var bundle in Folders(folders.Bundles(app)).Where(name => !kept.Contains(name)))
            Directory.Delete(Path.Combine(folders.Bundles(app), bundle), recursive: true);
    }

    private static IEnumerable<string> Folders(string path) => Directory.Exists(path) ? [.. Directory.EnumerateDirectories(path).Select(folder => Path.GetFileName(folder))] : [];
}
