using System.Collections.Concurrent;
using System.Threading.Channels;

using Mambo.ServiceDefaults.Configuration;

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mambo.Deployer.Engine;

/// <summary>
/// Knows the address of every running container of our projects, by following the engine's event stream. When the stream breaks it connects again and
/// looks at everything anew; until then the last known addresses stay. Its health check is <c>docker</c>.
/// </summary>
internal sealed partial class ContainerWatch(DockerEngine engine, PlatformIdentity platform, TimeProvider time, ILogger<ContainerWatch> logger) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>The engine stamps events by its own clock in whole seconds; repeats are harmless, gaps are not.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(2);

    /// <summary>Stands for the containers of a service in whatever slot.</summary>
    private const int AnySlot = -1;

    private readonly ConcurrentDictionary<(string Project, string Service, int Slot), IReadOnlyList<string>> _addresses = new();
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _problem = "The containers have not been looked at yet.";

    /// <summary>Raised with the name of a compose project whose containers were looked at again.</summary>
    public event Action<string>? Changed;

    /// <summary>Ends when the engine has answered for the first time.</summary>
    public Task Connected => _connected.Task;

    private string Prefix => $"{platform.Name}-";

    /// <summary>
    /// Addresses of the running containers of a service in a slot; when none of those runs, because the service is being recreated, of those in any other. Empty: none runs.
    /// </summary>
    public IReadOnlyList<string> AddressesOf(string project, string service, int slot) =>
        _addresses.TryGetValue((project, service, slot), out var known) || _addresses.TryGetValue((project, service, AnySlot), out known) ? known : [];

    /// <summary>Looks at one project now.</summary>
    public async Task LookAsync(string project, CancellationToken cancellationToken)
    {
        // One look at a time, so that an older answer never overwrites a newer one.
        await _looking.WaitAsync(cancellationToken);
        try
        {
            Take(await engine.ContainersAsync(project, cancellationToken), known => known == project);
        }
        finally
        {
            _looking.Release();
        }

        Changed?.Invoke(project);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_problem is { } problem ? HealthCheckResult.Unhealthy(problem) : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                var since = time.GetUtcNow() - Overlap;
                await LookAtAllAsync(stoppingToken);
                if (failures > 0)
                    LogBack(logger);
                (failures, _problem) = (0, null);
                _connected.TrySetResult();
                await FollowAsync(since, stoppingToken);
                _problem = "The Docker Engine closed its event stream.";
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // Whatever the engine or its socket did, the apps keep being served at their last known addresses while we try again.
                _problem = error is EngineTooOldException ? error.Message : $"The Docker Engine does not answer: {error.Message}";
            }

            if (failures++ == 0)
                LogLost(logger, _problem ?? "");
            var pause = TimeSpan.FromMilliseconds(Math.Min(200 * Math.Pow(2, Math.Min(failures, 10)), LongestPause.TotalMilliseconds));
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(DateTimeOffset since, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var changed = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
        var looking = LookAtChangedAsync(changed.Reader, either);
        try
        {
            await engine.WatchAsync(
                since,
                project =>
                {
                    if (project.StartsWith(Prefix, StringComparison.Ordinal))
                        changed.Writer.TryWrite(project);
                },
                either.Token);
        }
        finally
        {
            changed.Writer.TryComplete();
            await looking;
        }
    }

    private async Task LookAtChangedAsync(ChannelReader<string> changed, CancellationTokenSource following)
    {
        var projects = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            while (await changed.WaitToReadAsync(following.Token))
            {
                // A rollout causes a burst of events; one look serves them all.
                projects.Clear();
                while (changed.TryRead(out var project))
                    projects.Add(project);
                foreach (var project in projects)
                    await LookAsync(project, following.Token);
            }
        }
        finally
        {
            await following.CancelAsync();
        }
    }

    private async Task LookAtAllAsync(CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken);
        try
        {
            Take(await engine.ContainersOfPlatformAsync(Prefix, cancellationToken), _ => true);
        }
        finally
        {
            _looking.Release();
        }
    }

    private void Take(IReadOnlyList<AppContainer> containers, Func<string, bool> concerns)
    {
        var running = containers.Where(container => container is { IsRunning: true, Address: not null })
            .SelectMany(container => new[] { (container, container.Slot), (container, Slot: AnySlot) })
            .GroupBy(pair => (pair.container.Project, pair.container.Service, pair.Slot), pair => pair.container)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group.Order(AppContainer.ByName).Select(container => container.Address!)]);
        foreach (var (service, addresses) in running)
            _addresses[service] = addresses;
        foreach (var gone in _addresses.Keys.Where(key => concerns(key.Project) && !running.ContainsKey(key)))
            _addresses.TryRemove(gone, out _);
    }

    [LoggerMessage(40, LogLevel.Warning, "{Problem} Trying again; apps are served at their last known addresses")]
    private static partial void LogLost(ILogger logger, string problem);

    [LoggerMessage(41, LogLevel.Information, "The Docker Engine answers again")]
    private static partial void LogBack(ILogger logger);
}
