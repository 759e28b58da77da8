using System.Collections.Concurrent;

using Mambo.Deployer.Compose;
using Mambo.Deployer.Edge;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Recovery;

/// <summary>
/// At the start of the process: the edge gets the routes of every current release back, and an app whose containers are gone or stopped is brought up again. One that was stopped stays so: the engine itself starts containers after a restart of the machine, and they are stopped again.
/// An app with an unfinished deployment is left to that.
/// </summary>
internal sealed partial class ReleaseRecovery(
    ReleaseLedger ledger,
    ReleaseFolders folders,
    IEdge edge,
    ContainerWatch watch,
    DockerEngine engine,
    ComposeCli compose,
    WarmReleases warm,
    DeployerOptions options,
    ILogger<ReleaseRecovery> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _recovering = new(StringComparer.Ordinal);

    /// <summary>Ends when this app is not being brought up any more.</summary>
    public Task SettledAsync(string app, CancellationToken cancellationToken) =>
        _recovering.TryGetValue(app, out var recovering) ? recovering.Task.WaitAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Before anything listens, and before the operation runner starts.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var current = ledger.Current();
        foreach (var release in current)
            await edge.ServeAsync(release.App, Serving.Of(release), cancellationToken);
        var deploying = ledger.InDeployment();
        foreach (var release in current.Where(release => !deploying.Contains(release.App)))
            _recovering[release.App] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await watch.Connected.WaitAsync(stoppingToken);
            await Parallel.ForEachAsync(
                ledger.Current().Where(release => _recovering.ContainsKey(release.App)),
                new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = stoppingToken },
                async (release, cancellationToken) => await RecoverAsync(release, cancellationToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start looks again.
        }
    }

    private async Task RecoverAsync(Release release, CancellationToken cancellationToken)
    {
        try
        {
            var project = folders.Project(release);
            if (release.StoppedAt is not null)
            {
                await KeepStoppedAsync(release, project, cancellationToken);
                return;
            }

            if (release.IsUp(await engine.ContainersAsync(project.Name, cancellationToken)))
                return;
            LogBringingUp(logger, release.App, release.Number);
            // What was kept for going back would be in compose's way, and after a restart of the machine it is not paused any more.
            await warm.RetireAsync(release.App);
            var result = await compose.RestoreAsync(project, release.Content.Services, options.StartDeadline, cancellationToken);
            if (result.Succeeded)
                LogUp(logger, release.App, release.Number);
            else
                LogNotUp(logger, release.App, release.Number, result.ExitCode, string.Join('\n', result.ErrorTail));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // One app that cannot be brought up must not keep the others down.
            LogNotUp(logger, release.App, release.Number, null, error.Message);
        }
        finally
        {
            if (_recovering.TryRemove(release.App, out var recovering))
                recovering.TrySetResult();
        }
    }

    private async Task KeepStoppedAsync(Release release, ComposeProject project, CancellationToken cancellationToken)
    {
        if (!(await engine.ContainersAsync(project.Name, cancellationToken)).Any(container => container.State is "running" or "restarting" or "paused"))
            return;
        var result = await compose.StopAsync(project, progress: null, cancellationToken);
        if (result.Succeeded)
            LogStoppedAgain(logger, release.App);
        else
            LogNotStopped(logger, release.App, result.ExitCode, string.Join('\n', result.ErrorTail));
    }

    [LoggerMessage(70, LogLevel.Information, "{App}: containers of release {Release} are gone or stopped; bringing them up")]
    private static partial void LogBringingUp(ILogger logger, string app, int release);

    [LoggerMessage(71, LogLevel.Information, "{App}: release {Release} is up again")]
    private static partial void LogUp(ILogger logger, string app, int release);

    [LoggerMessage(72, LogLevel.Error, "{App}: release {Release} could not be brought up (exit code {ExitCode}): {Problem}")]
    private static partial void LogNotUp(ILogger logger, string app, int release, int? exitCode, string problem);

    [LoggerMessage(73, LogLevel.Information, "{App} is stopped, and its containers ran; they are stopped again")]
    private static partial void LogStoppedAgain(ILogger logger, string app);

    [LoggerMessage(74, LogLevel.Error, "{App} is stopped, but its containers could not be (exit code {ExitCode}): {Problem}")]
    private static partial void LogNotStopped(ILogger logger, string app, int exitCode, string problem);
}
