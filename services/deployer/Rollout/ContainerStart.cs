using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>The step <c>start</c> and its undo.</summary>
internal sealed class ContainerStart(ComposeCli compose, ReleaseFolders folders, DockerEngine engine, ContainerWatch watch, ContainerDiagnosis diagnosis, DeployerOptions options)
{
    /// <summary>Starts the release in place of the previous one and waits until it runs and is healthy.</summary>
    public async Task StartAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        var project = folders.Project(operation.State.Release!);
        var result = await compose.UpAsync(project, options.StartDeadline, operation.Progress, cancellationToken);
        if (!result.Succeeded)
            throw new OperationFailedException(await diagnosis.ExplainAsync(project.Name, result, cancellationToken));
        await watch.LookAsync(project.Name, cancellationToken);
    }

    /// <summary>Whether everything of a release that must run does.</summary>
    public async Task<bool> AreUpAsync(Release release, CancellationToken cancellationToken) =>
        release.IsUp(await engine.ContainersAsync(folders.Project(release).Name, cancellationToken));

    /// <summary>Starts the previous release again; without one, removes what was started. Volumes stay.</summary>
    public async Task StartPreviousAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        var project = folders.Project(operation.State.Previous ?? operation.State.Release!);
        var result = operation.State.Previous is null
            ? await compose.DownAsync(project, operation.Progress, cancellationToken)
            : await compose.UpAsync(project, options.StartDeadline, operation.Progress, cancellationToken);
        if (!result.Succeeded)
            throw new OperationFailedException(await diagnosis.ExplainAsync(project.Name, result, cancellationToken));
        await watch.LookAsync(project.Name, cancellationToken);
    }
}
