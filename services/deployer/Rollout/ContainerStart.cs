using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Plan;
using Mambo.Deployer.Recovery;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>
/// The step <c>start</c> and its undo. What can be is started beside the containers of the previous release, which go on serving; what owns data is recreated.
/// The containers of a release are known by the slot they carry as a label, so a try that was cut off goes on where the world stands.
/// </summary>
internal sealed class ContainerStart(
    ComposeCli compose, ReleaseFolders folders, DockerEngine engine, ContainerWatch watch, ContainerDiagnosis diagnosis, WarmReleases warm, DeployerOptions options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Starts what changes and waits until it runs and is healthy.</summary>
    public async Task StartAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        var release = state.Release!;
        var project = folders.Project(release);
        if (state.Plan!.WholeProject)
        {
            await warm.RetireAsync(operation.Subject);
            await CheckAsync(project, release.Owns, compose.UpAsync(project, Running(state), options.StartDeadline, operation.Progress, cancellationToken), cancellationToken);
        }
        else
        {
            await RecreateAsync(operation, state, _ => true, cancellationToken);
            await RollAsync(operation, state, project, cancellationToken);
        }

        await watch.LookAsync(project.Name, cancellationToken);
    }

    /// <summary>Recreates services that cannot run twice at once, unless an earlier try has.</summary>
    public async Task RecreateAsync(OperationContext operation, RollOutState state, Func<string, bool> which, CancellationToken cancellationToken)
    {
        var release = state.Release!;
        var project = folders.Project(release);
        var done = (await engine.ContainersAsync(project.Name, cancellationToken))
            .Where(container => release.Owns(container) && container is { IsRunning: true, Health: ContainerHealth.Healthy or ContainerHealth.Unchecked }).Select(container => container.Service).ToHashSet();
        var names = state.Those(ServiceChange.Recreated).Where(name => which(name) && !done.Contains(name)).ToList();
        if (names.Count > 0)
            await CheckAsync(project, container => names.Contains(container.Service), compose.RecreateAsync(project, names, options.StartDeadline, operation.Progress, cancellationToken), cancellationToken);
    }

    /// <summary>Whether everything of a release that must run does.</summary>
    public async Task<bool> AreUpAsync(Release release, CancellationToken cancellationToken) =>
        release.IsUp(await engine.ContainersAsync(folders.Project(release).Name, cancellationToken));

    /// <summary>Removes what was started and brings back what was recreated. Volumes stay.</summary>
    public async Task StartPreviousAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        var project = folders.Project(state.Previous ?? state.Release!);
        if (state.Previous is null)
        {
            await CheckAsync(project, _ => true, compose.DownAsync(project, operation.Progress, cancellationToken), cancellationToken);
        }
        else if (state.Plan is { WholeProject: true })
        {
            await CheckAsync(project, _ => true, compose.UpAsync(project, [.. state.Previous.Content.Services], options.StartDeadline, operation.Progress, cancellationToken), cancellationToken);
        }
        else
        {
            var rolled = state.Those(ServiceChange.Rolled, ServiceChange.Added);
            await engine.RetireAsync(project.Name, container => rolled.Contains(container.Service) && state.Release!.Owns(container), cancellationToken);
            var recreated = state.Those(ServiceChange.Recreated).Where(state.Previous.Content.Slots.ContainsKey).ToList();
            if (recreated.Count > 0)
                await CheckAsync(project, container => recreated.Contains(container.Service), compose.RecreateAsync(project, recreated, options.StartDeadline, operation.Progress, cancellationToken), cancellationToken);
        }

        if (state.Previous?.StoppedAt is not null)
            await CheckAsync(project, _ => false, compose.StopAsync(project, operation.Progress, cancellationToken), cancellationToken);
        await watch.LookAsync(project.Name, cancellationToken);
    }

    /// <summary>None named means all. A job nobody waits for has run before, and compose would call its end a failure.</summary>
    private static IReadOnlyList<string> Running(RollOutState state) => state.Those(ServiceChange.Job).All(job => state.Model.Services.Any(service => service.DependsOn.ContainsKey(job)))
        ? []
        : [.. state.Release!.Content.Services];

    private async Task RollAsync(OperationContext operation, RollOutState state, ComposeProject project, CancellationToken cancellationToken)
    {
        var release = state.Release!;
        var rolled = state.Those(ServiceChange.Rolled, ServiceChange.Added);
        if (rolled.Count == 0)
            return;
        await warm.RetireAsync(operation.Subject, release.Number);
        var (alive, woken) = (new List<AppContainer>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var container in (await engine.ContainersAsync(project.Name, cancellationToken)).Where(container => rolled.Contains(container.Service)))
        {
            // Compose would count a container that has ended, and start it again; one that is paused it could not start.
            if (container.State is "created" or "exited" or "dead")
            {
                await engine.RemoveContainerAsync(container.Id, cancellationToken);
                continue;
            }

            if (container.IsPaused)
            {
                await engine.UnpauseContainerAsync(container.Id, cancellationToken);
                woken.Add(container.Id);
            }

            alive.Add(container);
        }

        var counts = state.Plan!.Services.Where(service => rolled.Contains(service.Name))
            .Select(service => (service.Name, service.Replicas, Others: alive.Count(one => one.Service == service.Name && !release.Owns(one)), Ours: alive.Count(one => one.Service == service.Name && release.Owns(one))))
            .Where(service => service.Ours < service.Replicas)
            .ToDictionary(service => service.Name, service => service.Others + service.Replicas);
        if (counts.Count > 0)
            await CheckAsync(project, Concerns, compose.ScaleAsync(project, counts, operation.Progress, cancellationToken), cancellationToken);
        // Docker knows the health of one it paused only after the next check; the gate asks it sooner.
        await HealthyAsync(project, container => Concerns(container) && !woken.Contains(container.Id), cancellationToken);

        bool Concerns(AppContainer container) => rolled.Contains(container.Service) && release.Owns(container);
    }

    /// <summary>Asks oftener than compose does: half of the time of a quick deployment would be waiting for the next look.</summary>
    private async Task HealthyAsync(ComposeProject project, Func<AppContainer, bool> concerns, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var waiting = (await engine.ContainersAsync(project.Name, cancellationToken)).Where(concerns).Where(container => container is { IsRunning: false } or { Health: ContainerHealth.Starting or ContainerHealth.Unhealthy }).ToList();
            if (waiting.Count == 0)
                return;
            var late = time.GetElapsedTime(started) >= options.StartDeadline;
            if (await diagnosis.FindAsync(project.Name, concerns, late, cancellationToken) is { } failure)
                throw new OperationFailedException(failure);
            if (late)
                throw new OperationFailedException(new Failure(nameof(DeploymentFailureReason.StartFailed), $"{waiting[0].Name} is {waiting[0].State} {options.StartDeadline.TotalSeconds:0} s after its start."));
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task CheckAsync(ComposeProject project, Func<AppContainer, bool> concerns, Task<CommandResult> running, CancellationToken cancellationToken)
    {
        var result = await running;
        if (!result.Succeeded)
            throw new OperationFailedException(await diagnosis.ExplainAsync(project.Name, result, concerns, cancellationToken));
    }
}
