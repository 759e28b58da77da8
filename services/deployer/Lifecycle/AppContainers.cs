using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Recovery;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Rollout;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Lifecycle;

/// <summary>All containers of an app's current release at once.</summary>
internal sealed class AppContainers(
    ReleaseLedger ledger, ReleaseFolders folders, ComposeCli compose, ContainerWatch watch, ContainerDiagnosis diagnosis, WarmReleases warm, DeployerOptions options)
{
    /// <summary>The release an app has.</summary>
    public Release Current(string app) =>
        ledger.Current(app) ?? throw Preparation.Rejected([new FieldError("app", $"{app} has no release. Deploy it first.")]);

    /// <summary>Starts what is stopped or missing, and waits until it runs and is healthy.</summary>
    public async Task StartAsync(Release release, CancellationToken cancellationToken)
    {
        var project = folders.Project(release);
        await CheckAsync(project, release.Owns, compose.RestoreAsync(project, release.Content.Services, options.StartDeadline, cancellationToken), cancellationToken);
        await watch.LookAsync(project.Name, cancellationToken);
    }

    /// <summary>Stops everything, in the order of who waits for whom.</summary>
    public async Task StopAsync(Release release, Action<string>? progress, CancellationToken cancellationToken)
    {
        var project = folders.Project(release);
        await warm.RetireAsync(release.App);
        await CheckAsync(project, _ => false, compose.StopAsync(project, progress, cancellationToken), cancellationToken);
        await watch.LookAsync(project.Name, cancellationToken);
    }

    /// <summary>Removes containers and networks, and with <paramref name="volumes"/> the data.</summary>
    public async Task RemoveAsync(Release release, bool volumes, Action<string>? progress, CancellationToken cancellationToken)
    {
        var project = folders.Project(release);
        await warm.RetireAsync(release.App);
        await CheckAsync(project, _ => false, compose.RemoveAsync(project, volumes, progress, cancellationToken), cancellationToken);
        await watch.LookAsync(project.Name, cancellationToken);
    }

    /// <summary>Undo of a start: what was stopped before is stopped again.</summary>
    public Task StopAgainAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken) =>
        state.Previous is { StoppedAt: not null } previous ? StopAsync(previous, operation.Progress, cancellationToken) : Task.CompletedTask;

    /// <summary>Undo of a stop or a removal: what ran before runs again.</summary>
    public Task StartAgainAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken) =>
        state.Previous is { StoppedAt: null } previous ? StartAsync(previous, cancellationToken) : Task.CompletedTask;

    private async Task CheckAsync(ComposeProject project, Func<AppContainer, bool> concerns, Task<CommandResult> running, CancellationToken cancellationToken)
    {
        var result = await running;
        if (!result.Succeeded)
            throw new OperationFailedException(await diagnosis.ExplainAsync(project.Name, result, concerns, cancellationToken));
    }
}
