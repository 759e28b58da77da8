using System.Collections.Concurrent;

using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Recovery;

/// <summary>
/// Containers of the release that served before stay a while, paused, and go when their time has come. An app that is being deployed is left to its rollout.
/// </summary>
internal sealed partial class WarmReleases(
    [FromKeyedServices(DeployerRegistrations.Service)] Journal journal,
    ReleaseLedger ledger,
    DockerEngine engine,
    PlatformIdentity platform,
    TimeProvider time,
    ILogger<WarmReleases> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Alarm _alarm = new(time);
    private readonly ConcurrentDictionary<string, Lazy<Task>> _retiring = new(StringComparer.Ordinal);

    /// <summary>Keeps the containers of a release, from the commit on.</summary>
    public void Keep(JournalTransaction transaction, string app, int release, TimeSpan howLong)
    {
        ReleaseLedger.KeepWarm(transaction, app, new WarmRelease { App = app, Number = release, Until = transaction.Now + howLong });
        _alarm.Wake();
    }

    /// <summary>Removes what is kept warm of an app, and returns when it is gone. Whoever asks while that is under way waits for the same.</summary>
    /// <param name="app">The app.</param>
    /// <param name="except">A release that is about to serve; its containers stay.</param>
    public Task RetireAsync(string app, int except = 0) => _retiring.GetOrAdd(app, _ => new Lazy<Task>(async () =>
    {
        try
        {
            await RetireWarmAsync(app, except);
        }
        finally
        {
            _retiring.TryRemove(app, out var _);
        }
    })).Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                // Who wakes us does so within a transaction; behind this empty one it is on disk.
                await journal.WriteAsync(_ => { }, CancellationToken.None);
                var (warm, busy, now) = (ledger.Warm(), ledger.InDeployment(), time.GetUtcNow());
                foreach (var due in warm.Where(one => one.Until <= now && !busy.Contains(one.App)))
                    await TryRetireAsync(due.App);
                // One that is busy or could not be removed is tried again.
                await _alarm.SleepAsync(warm.Select(one => one.Until > now ? one.Until - now : Patience).DefaultIfEmpty(Timeout.InfiniteTimeSpan).Min(), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // They stay warm; the next start looks again.
        }
    }

    private async Task TryRetireAsync(string app)
    {
        try
        {
            await RetireAsync(app);
        }
        catch (Exception error)
        {
            // The next look, a minute later, tries again.
            LogNotRetired(logger, app, error.Message);
        }
    }

    private async Task RetireWarmAsync(string app, int except)
    {
        if (ledger.Warm().FirstOrDefault(one => one.App == app) is not { } warm)
            return;
        var (current, served) = (ledger.Current(app), ledger.Served(app).FirstOrDefault(release => release.Number == warm.Number));
        using var late = new CancellationTokenSource(Patience, time);
        if (warm.Number != except)
            await engine.RetireAsync(ComposeProject.NameOf(platform, app), container => served?.Owns(container) == true && current?.Owns(container) != true, late.Token);
        await ledger.ForgetWarmAsync(app);
        LogRetired(logger, app, warm.Number);
    }

    [LoggerMessage(80, LogLevel.Information, "{App}: the containers of release {Release}, kept for going back to it, are gone")]
    private static partial void LogRetired(ILogger logger, string app, int release);

    [LoggerMessage(81, LogLevel.Warning, "{App}: the containers kept for going back could not be removed; trying again in a minute: {Problem}")]
    private static partial void LogNotRetired(ILogger logger, string app, string problem);
}
