using System.Threading.Channels;

using Dapper;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Lifecycle;
using Mambo.Deployer.Locks;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Previews;

/// <summary>
/// Removes previews whose lease has ended, as an operation like any other removal. Nobody has to say that a pull request was closed. What ended while this process did not run
/// goes at its start; one that is being deployed is left to that, a locked one to its lock.
/// </summary>
internal sealed partial class PreviewExpiry(
    [FromKeyedServices(DeployerRegistrations.Service)] Journal journal, Remove remove, ReleaseFolders folders, TimeProvider time, ILogger<PreviewExpiry> logger) : BackgroundService
{
    private const string By = "preview lease";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>A lease began, was renewed or is to be looked at.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await TryEndAsync(stoppingToken);
                var next = journal.Read(connection => connection.Query<DateTimeOffset>("SELECT expires_at FROM previews").ToList()).Select(at => at - time.GetUtcNow());
                // One that is busy, locked or could not be removed is tried again.
                await WaitAsync(next.Select(left => left > TimeSpan.Zero ? left : Patience).DefaultIfEmpty(Timeout.InfiniteTimeSpan).Min(), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start looks again.
        }
    }

    private async Task TryEndAsync(CancellationToken stopping)
    {
        try
        {
            foreach (var app in await journal.WriteAsync(EndExpired, stopping))
                RemoveFolder(app);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // What is left is seen by the next look; previews must not end the service.
            LogNotEnded(logger, error.Message);
        }
    }

    /// <summary>Returns the names of those that never served, whose rows are all there is.</summary>
    private List<string> EndExpired(JournalTransaction transaction)
    {
        var unserved = new List<string>();
        var expired = transaction.Query<PreviewLease>(
            "SELECT * FROM previews WHERE expires_at <= @Now AND app NOT IN (SELECT subject FROM operations WHERE ended_at IS NULL) ORDER BY app", new { transaction.Now });
        foreach (var lease in expired.Where(lease => AppLock.Of(transaction, lease.App) is null))
        {
            if (lease.ToldAt is null)
                Tell(transaction, lease);
            if (transaction.Query<long>("SELECT EXISTS (SELECT 1 FROM apps WHERE app = @App)", new { lease.App })[0] == 1)
            {
                var id = Guid.CreateVersion7(transaction.Now);
                transaction.Enqueue(remove, new RemoveApp { DeploymentId = id, App = lease.App, Host = journal.Host, Volumes = true, RequestedBy = By, RequestedAt = transaction.Now }, id, By);
            }
            else
            {
                PreviewLease.Forget(transaction, lease.App);
                unserved.Add(lease.App);
            }
        }

        return unserved;
    }

    private void Tell(JournalTransaction transaction, PreviewLease lease)
    {
        transaction.Tell(new PreviewExpired { App = lease.App, PreviewOf = lease.PreviewOf, Preview = lease.Preview, ExpiredAt = lease.ExpiresAt });
        transaction.Execute("UPDATE previews SET told_at = @Now WHERE app = @App", new { transaction.Now, lease.App });
        LogExpired(logger, lease.App, lease.Preview, lease.PreviewOf);
    }

    private void RemoveFolder(string app)
    {
        if (Directory.Exists(folders.App(app)))
            Directory.Delete(folders.App(app), recursive: true);
    }

    private async Task WaitAsync(TimeSpan pause, CancellationToken stopping)
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(Task.Delay(pause, time, woken.Token), _wakes.Reader.WaitToReadAsync(woken.Token).AsTask());
        await woken.CancelAsync();
        stopping.ThrowIfCancellationRequested();
        _wakes.Reader.TryRead(out _);
    }

    [LoggerMessage(95, LogLevel.Information, "{App}: the lease of the preview {Preview} of {Of} has ended; removing it")]
    private static partial void LogExpired(ILogger logger, string app, string preview, string of);

    [LoggerMessage(96, LogLevel.Error, "Previews whose lease has ended could not all be removed: {Problem}")]
    private static partial void LogNotEnded(ILogger logger, string problem);
}
