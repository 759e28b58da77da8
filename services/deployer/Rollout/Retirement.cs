using Mambo.Deployer.Engine;
using Mambo.Deployer.Plan;
using Mambo.Deployer.Recovery;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>
/// The step <c>retire</c>: the release is the current one. The containers it replaced are paused, so that the way back is short, or stopped and removed; and what no release that
/// is kept needs goes.
/// </summary>
internal sealed class Retirement(ReleaseLedger ledger, ReleaseFolders folders, DockerEngine engine, PreDeployJobs jobs, WarmReleases warm, DeployerOptions options)
{
    /// <param name="operation">The rollout.</param>
    /// <param name="state">What it knows.</param>
    /// <param name="keepWarm">The previous release was good: its containers may stay a while, unless somebody is still connected; paused, they would leave him hanging.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task RetireAsync(OperationContext operation, RollOutState state, bool keepWarm, CancellationToken cancellationToken)
    {
        var images = await Task.WhenAll(state.Model.Services.Select(async service => (service.Name, Image: await RunningAsync(service.Image!, cancellationToken))));
        var release = state.Release = state.Release! with
        {
            Content = state.Release.Content with { Images = images.ToDictionary(image => image.Name, image => image.Image) },
        };
        await RetireContainersAsync(operation, state, release, keepWarm && state.Drained && options.Warm > TimeSpan.Zero, cancellationToken);
        await jobs.RemoveAsync(state, cancellationToken);
        operation.OnCommit(transaction => ReleaseLedger.MakeCurrent(transaction, release));

        var plan = Retention.Plan(release, ledger.Served(), options.KeepReleases);
        try
        {
            RemoveFolders(operation.Subject, plan, ledger.BundlesOf(operation.Subject, [.. release.Content.Slots.Values, .. state.Previous?.Content.Slots.Values ?? []]));
            foreach (var id in plan.ImageIds)
                await engine.RemoveImageAsync(id, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or Docker.DotNet.DockerApiException)
        {
            // The release serves; what could not be removed is tried again with the next one, and people are told.
            state.Warnings.Add($"what earlier releases left could not be removed: {error.Message}");
        }
    }

    private async Task RetireContainersAsync(OperationContext operation, RollOutState state, Release release, bool keepWarm, CancellationToken cancellationToken)
    {
        var project = folders.Project(release).Name;
        var rolled = state.Those(ServiceChange.Rolled);
        bool Stays(AppContainer container) => keepWarm && rolled.Contains(container.Service) && state.Previous?.Owns(container) == true;
        var replaced = (await engine.ContainersAsync(project, cancellationToken)).Where(container => !release.Owns(container)).ToList();
        await Task.WhenAll(replaced.Where(container => Stays(container) && container.IsRunning).Select(container => engine.PauseContainerAsync(container.Id, cancellationToken)));
        await engine.RetireAsync(project, container => !release.Owns(container) && !Stays(container), cancellationToken);
        var isWarm = replaced.Any(Stays);
        if (isWarm)
            operation.OnCommit(transaction => warm.Keep(transaction, operation.Subject, state.Previous!.Number, options.Warm));
        else
            operation.OnCommit(transaction => ReleaseLedger.KeepWarm(transaction, operation.Subject, null));
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

    /// <param name="app">The app.</param>
    /// <param name="plan">What may go.</param>
    /// <param name="used">Bundles whose files containers see.</param>
    private void RemoveFolders(string app, Retention plan, IReadOnlyList<string> used)
    {
        foreach (var release in Folders(folders.Releases(app)).Where(name => int.TryParse(name, out var number) && !plan.Releases.Contains(number)))
            Directory.Delete(Path.Combine(folders.Releases(app), release), recursive: true);
        var kept = plan.Bundles.Concat(used).Select(bundle => BundleDigest.TryParse(bundle, out var digest, out _) ? digest.Hex : "").ToHashSet(StringComparer.Ordinal);
        foreach (var bundle in Folders(folders.Bundles(app)).Where(name => !kept.Contains(name)))
            Directory.Delete(Path.Combine(folders.Bundles(app), bundle), recursive: true);
        foreach (var secret in new DirectoryInfo(folders.Secrets(app)) is { Exists: true } secrets ? secrets.GetFiles().Where(file => !plan.Secrets.Contains(file.Name)) : [])
            secret.Delete();
    }

    private static IEnumerable<string> Folders(string path) => Directory.Exists(path) ? [.. Directory.EnumerateDirectories(path).Select(folder => Path.GetFileName(folder))] : [];
}
