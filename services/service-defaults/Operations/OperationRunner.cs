using System.Threading.Channels;

using Dapper;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>
/// Carries out a journal's operations: in the order of acceptance, one at a time per subject, a few subjects at once. What an earlier process left unfinished is
/// taken up first. Woken by the journal; it never polls.
/// </summary>
internal sealed partial class OperationRunner : BackgroundService
{
    private readonly Journal _journal;
    private readonly int _parallel;
    private readonly TimeProvider _time;
    private readonly ILogger<OperationRunner> _logger;
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<Guid, ActiveRun> _active = [];

    public OperationRunner(Journal journal, IEnumerable<Operation> operations, int parallel, TimeProvider time, ILogger<OperationRunner> logger)
    {
        (_journal, _parallel, _time, _logger) = (journal, parallel, time, logger);
        foreach (var operation in operations)
            journal.Register(operation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _journal.OperationsChanged += Wake;
        Wake();
        try
        {
            await foreach (var _ in _wakes.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
                StartWhatMayRun(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Task[] running;
            lock (_active)
                running = [.. _active.Values.Select(run => run.Done)];
            await Task.WhenAll(running).ConfigureAwait(false);
        }
        finally
        {
            _journal.OperationsChanged -= Wake;
        }
    }

    private void Wake() => _wakes.Writer.TryWrite(true);

    private void StartWhatMayRun(CancellationToken stopping)
    {
        lock (_active)
        {
            // Wakes come with every commit, so only what can matter now is read: not all that waits.
            var running = _active.Keys.Select(id => id.ToString()).ToList();
            foreach (var asked in _journal.Read(connection => connection.Query<Guid>("SELECT id FROM operations WHERE id IN @running AND cancel_asked = 1", new { running }).AsList()))
                _active[asked].Cancel.Cancel();
            while (_active.Count < _parallel && Next() is { } row)
                Start(row, stopping);
        }
    }

    /// <summary>Those begun come before those queued, so that a restart ends what is half done first.</summary>
    private OperationRow? Next() => _journal.Read(connection => connection.QueryFirstOrDefault<OperationRow>(
        "SELECT * FROM operations WHERE ended_at IS NULL AND subject NOT IN @busy ORDER BY state = 'queued', sequence LIMIT 1",
        new { busy = _active.Values.Select(run => run.Subject) }));

    private void Start(OperationRow row, CancellationToken stopping)
    {
        var run = new ActiveRun(row.Subject, new CancellationTokenSource());
        if (row.CancelAsked)
            run.Cancel.Cancel();
        _active.Add(row.Id, run);
        run.Done = Task.Run(
            async () =>
            {
                try
                {
                    await new OperationRun(_journal, _journal.Operations[row.Kind], row, _time, _logger).RunAsync(run.Cancel.Token, stopping).ConfigureAwait(false);
                }
                catch (Exception exception)
                {
                    // Only the journal itself can fail here. The operation stays as it is on disk and is taken up again a little later.
                    LogRunFailed(_logger, exception, row.Kind, row.Subject);
                    await Task.Delay(TimeSpan.FromSeconds(5), _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
                finally
                {
                    lock (_active)
                        _active.Remove(row.Id);
                    run.Cancel.Dispose();
                    Wake();
                }
            },
            CancellationToken.None);
    }

    private sealed class ActiveRun(string subject, CancellationTokenSource cancel)
    {
        public string Subject { get; } = subject;

        public CancellationTokenSource Cancel { get; } = cancel;

        public Task Done { get; set; } = Task.CompletedTask;
    }

    [LoggerMessage(10, LogLevel.Critical, "{Kind} of {Subject} cannot go on for now: the journal does not answer")]
    private static partial void LogRunFailed(ILogger logger, Exception exception, string kind, string subject);
}
