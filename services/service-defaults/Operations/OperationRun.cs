using System.Diagnostics;
using System.Text.Json;

using Mambo.Contracts;
using Mambo.ServiceDefaults.Telemetry;

using Microsoft.Extensions.Logging;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>
/// Carries one operation from where its journal says it is to its end:
/// 1. do each step that is left, committing it together with what it told;
/// 2. on failure or at a person's wish, put down why, then undo every step that began, newest first;
/// 3. commit the end and the event that tells it.
/// Whatever is cut off is taken up again by the next run at the same place.
/// </summary>
internal sealed partial class OperationRun
{
    /// <summary>Starts of one step without an end before the step itself is held to be what kills the service.</summary>
    private const int MostTries = 5;

    private readonly Journal _journal;
    private readonly Operation _operation;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OperationContext _context;
    private readonly int _steps;
    private OperationRow _row;

    public OperationRun(Journal journal, Operation operation, OperationRow row, TimeProvider time, ILogger logger)
    {
        (_journal, _operation, _row, _time, _logger) = (journal, operation, row, time, logger);
        _context = operation.Open(row);
        (_context.Journal, _context.Time) = (journal, time);
        _steps = operation.StepNames.Count;
    }

    /// <param name="cancel">A person wants it stopped.</param>
    /// <param name="stopping">The service is stopping: leave everything as it is for the next start.</param>
    public async Task RunAsync(CancellationToken cancel, CancellationToken stopping)
    {
        using var activity = Activities.StartFrom(_row.TraceParent, $"{_operation.Kind} {_row.Subject}");
        activity?.SetTag(_operation.IdProperty, _row.Id).SetTag(_operation.SubjectProperty, _row.Subject);
        using var scope = _logger.BeginScope(new Dictionary<string, object> { [_operation.IdProperty] = _row.Id, [_operation.SubjectProperty] = _row.Subject });

        if (_row.State != OperationState.Undoing && !await DoStepsAsync(cancel, stopping).ConfigureAwait(false))
            return;
        if (_row.State == OperationState.Undoing)
            await UndoAsync(stopping).ConfigureAwait(false);
        activity?.SetStatus(_row.State == OperationState.Completed ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
    }

    /// <returns>False: the service is stopping and nothing more may be done.</returns>
    private async Task<bool> DoStepsAsync(CancellationToken cancel, CancellationToken stopping)
    {
        for (var number = _row.NextStep; number <= _steps; number++)
        {
            var name = _operation.StepNames[number - 1];
            var begun = await BeginAsync(number, name).ConfigureAwait(false);
            using var activity = Activities.Source.StartActivity(name);
            var failure = begun.Tries > MostTries
                ? new Failure(FailureReasons.Interrupted, $"The service was cut off {MostTries} times in the step '{name}' and does not try it again.")
                : await TryAsync(_operation.DoAsync, number, name, cancel, stopping).ConfigureAwait(false)
                    ?? await CommitAsync(number, name, begun.StartedAt).ConfigureAwait(false);

            if (failure is null)
                continue;
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            if (stopping.IsCancellationRequested && failure == Stopped)
            {
                await GiveBackTryAsync().ConfigureAwait(false);
                return false;
            }

            await TurnBackAsync(name, failure == CancelledByPerson ? null : failure).ConfigureAwait(false);
            return true;
        }

        return true;
    }

    private async Task UndoAsync(CancellationToken stopping)
    {
        var left = new List<string>();
        foreach (var number in await BegunStepsAsync().ConfigureAwait(false))
        {
            var name = _operation.StepNames[number - 1];
            var tries = await _journal.WriteAsync(CountTry, CancellationToken.None).ConfigureAwait(false);
            var failure = tries > MostTries
                ? new Failure(FailureReasons.Interrupted, $"cut off {MostTries} times")
                : await TryAsync(_operation.UndoAsync, number, name, CancellationToken.None, stopping).ConfigureAwait(false);
            if (stopping.IsCancellationRequested && failure == Stopped)
            {
                await GiveBackTryAsync().ConfigureAwait(false);
                return;
            }

            if (failure is not null)
            {
                LogUndoFailed(_logger, name, failure.Message);
                left.Add($"undoing '{name}': {failure.Message}");
            }

            await _journal.WriteAsync(transaction =>
            {
                transaction.Execute("UPDATE steps SET undone_at = @Now WHERE operation_id = @Id AND number = @number", new { transaction.Now, _row.Id, number });
                transaction.Execute("UPDATE operations SET tries = 0, left_behind = @left WHERE id = @Id", new { left = Join(_row.LeftBehind, left), _row.Id });
                _context.CommitStep(transaction);
            }, CancellationToken.None).ConfigureAwait(false);
            _context.ForgetStep();
        }

        await EndAsync(Join(_row.LeftBehind, left)).ConfigureAwait(false);
    }

    /// <returns>Null: it went well.</returns>
    private async Task<Failure?> TryAsync(
        Func<int, OperationContext, CancellationToken, Task> act, int number, string name, CancellationToken cancel, CancellationToken stopping)
    {
        var deadline = _operation.Deadline(number);
        using var late = new CancellationTokenSource(deadline, _time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel, stopping);
        _context.CurrentStep = name;
        try
        {
            any.Token.ThrowIfCancellationRequested();
            await act(number, _context, any.Token).ConfigureAwait(false);
            await _context.ProgressWrittenAsync().ConfigureAwait(false);
            return null;
        }
        catch (OperationFailedException exception)
        {
            return exception.Failure;
        }
        catch (OperationSupersededException exception)
        {
            return new Failure(FailureReasons.Superseded, exception.By.ToString());
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            return Stopped;
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            return CancelledByPerson;
        }
        catch (Exception) when (late.IsCancellationRequested)
        {
            return new Failure(FailureReasons.DeadlineExceeded, $"The step '{name}' was not done after {deadline.TotalSeconds:0} s.");
        }
        catch (Exception exception)
        {
            LogUnexpected(_logger, exception, name);
            return new Failure(FailureReasons.Internal, $"The step '{name}' met a fault: {exception.Message}");
        }
    }

    private Task<(int Tries, DateTimeOffset StartedAt)> BeginAsync(int number, string name) => _journal.WriteAsync(transaction =>
    {
        transaction.Execute(
            "INSERT INTO steps (operation_id, number, name, started_at) VALUES (@Id, @number, @name, @Now) ON CONFLICT DO NOTHING",
            new { _row.Id, number, name, transaction.Now });
        transaction.Execute("UPDATE operations SET state = 'running' WHERE id = @Id", new { _row.Id });
        var startedAt = transaction.Query<DateTimeOffset>("SELECT started_at FROM steps WHERE operation_id = @Id AND number = @number", new { _row.Id, number })[0];
        var tries = CountTry(transaction);
        _context.Resumed = tries > 1;
        return (tries, startedAt);
    });

    private int CountTry(JournalTransaction transaction) =>
        transaction.Query<int>("UPDATE operations SET tries = tries + 1 WHERE id = @Id RETURNING tries", new { _row.Id })[0];

    private Task GiveBackTryAsync() =>
        _journal.WriteAsync(transaction => transaction.Execute("UPDATE operations SET tries = tries - 1 WHERE id = @Id", new { _row.Id }));

    private async Task<Failure?> CommitAsync(int number, string name, DateTimeOffset startedAt)
    {
        try
        {
            await _journal.WriteAsync(transaction =>
            {
                transaction.Execute("UPDATE steps SET ended_at = @Now WHERE operation_id = @Id AND number = @number", new { transaction.Now, _row.Id, number });
                transaction.Execute("UPDATE operations SET next_step = @next, tries = 0 WHERE id = @Id", new { next = number + 1, _row.Id });
                _context.CommitStep(transaction);
                var outcome = new StepOutcome(name, number, _steps, (transaction.Now - startedAt).TotalSeconds);
                Tell(transaction, _operation.TellStepCompleted(_context, outcome), $"step-{number}");
                if (number == _steps)
                    End(transaction, OperationState.Completed, _operation.TellCompleted(_context));
            }).ConfigureAwait(false);
            LogStepDone(_logger, name, number, _steps);
            return null;
        }
        catch (Exception exception) when (exception is not JournalException)
        {
            LogUnexpected(_logger, exception, name);
            return new Failure(FailureReasons.Internal, $"The step '{name}' could not be put down: {exception.Message}");
        }
        finally
        {
            _context.ForgetStep();
        }
    }

    private Task TurnBackAsync(string step, Failure? failure) => _journal.WriteAsync(transaction =>
    {
        _context.ForgetStep();
        _context.SaveState(transaction);
        transaction.Execute(
            "UPDATE operations SET state = 'undoing', tries = 0, failed_step = @step, failure = @failure WHERE id = @Id",
            new { step, failure = failure is null ? null : JsonSerializer.Serialize(failure, WireJson.Options), _row.Id });
        _row = transaction.Query<OperationRow>("SELECT * FROM operations WHERE id = @Id", new { _row.Id })[0];
    });

    private async Task<IReadOnlyList<int>> BegunStepsAsync() => [.. (await _journal.WriteAsync(transaction => transaction.Query<int>(
        "SELECT number FROM steps WHERE operation_id = @Id AND undone_at IS NULL ORDER BY number DESC", new { _row.Id })).ConfigureAwait(false))
        .Where(_operation.CanUndo)];

    private Task EndAsync(string? left) => _journal.WriteAsync(transaction =>
    {
        var failure = _row.Failure is { } json ? JsonSerializer.Deserialize<Failure>(json, WireJson.Options) : null;
        if (failure is null)
            End(transaction, OperationState.Cancelled, _operation.TellCancelled(_row, _row.CancelReason, _row.CancelBy, _row.FailedStep));
        else if (failure.Reason == FailureReasons.Superseded)
            End(transaction, OperationState.Superseded, _operation.TellSuperseded(_row, Guid.Parse(failure.Message)));
        else
            End(transaction, OperationState.Failed, _operation.TellFailed(_context, failure, _row.FailedStep, left));
    });

    private void End(JournalTransaction transaction, OperationState state, PlatformEvent told)
    {
        transaction.Execute(
            "UPDATE operations SET state = @state, ended_at = @Now WHERE id = @Id",
            new { state = state.ToString().ToLowerInvariant(), transaction.Now, _row.Id });
        Tell(transaction, told, "ended");
        _row = transaction.Query<OperationRow>("SELECT * FROM operations WHERE id = @Id", new { _row.Id })[0];
        OperationMetrics.Ended(_operation.Kind, state, (transaction.Now - _row.AcceptedAt).TotalSeconds);
        LogEnded(_logger, _operation.Kind, _row.Subject, state);
    }

    private void Tell(JournalTransaction transaction, PlatformEvent happened, string what) =>
        transaction.Tell(happened, messageId: $"{_row.Id}:{what}", lane: _row.Id.ToString());

    private static string? Join(string? before, List<string> left) =>
        left.Count == 0 ? before : string.Join("; ", before is null ? left : [before, .. left]);

    private static readonly Failure Stopped = new("Stopped", "The service is stopping.");

    private static readonly Failure CancelledByPerson = new("Cancelled", "Someone asked for it.");

    [LoggerMessage(1, LogLevel.Information, "Step {Step} done ({Number} of {Of})")]
    private static partial void LogStepDone(ILogger logger, string step, int number, int of);

    [LoggerMessage(2, LogLevel.Information, "{Kind} of {Subject} ended: {State}")]
    private static partial void LogEnded(ILogger logger, string kind, string subject, OperationState state);

    [LoggerMessage(3, LogLevel.Error, "The step {Step} met a fault nobody expected")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string step);

    [LoggerMessage(4, LogLevel.Error, "The step {Step} could not be undone: {Problem}")]
    private static partial void LogUndoFailed(ILogger logger, string step, string problem);
}
