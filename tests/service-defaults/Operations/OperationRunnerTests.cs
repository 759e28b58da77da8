using System.Text.Json;

using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.ServiceDefaults.Tests.Operations;

public sealed class OperationRunnerTests : IAsyncDisposable
{
    private static readonly string[] AllSteps = ["fetch", "start", "switch"];

    private readonly Workshop _workshop = new();

    public ValueTask DisposeAsync() => _workshop.DisposeAsync();

    [Fact]
    public async Task Run_AllStepsDone_EndsCompletedAndTellsEachStepInOrder()
    {
        await _workshop.StartAsync();

        var id = await _workshop.QueueAsync();

        var status = await _workshop.EndedAsync(id);
        status.State.ShouldBe(OperationState.Completed);
        status.Steps.Select(step => step.Name).ShouldBe(AllSteps);
        _workshop.Errand.World.ShouldBe(AllSteps);
        await Workshop.UntilAsync(() => _workshop.Published.Count == 5);
        _workshop.PublishedTypes().ShouldBe(
            ["deployment-accepted", "deployment-step-completed", "deployment-step-completed", "deployment-step-completed", "app-deployed"]);
    }

    [Fact]
    public async Task Run_StepFails_UndoesEveryBegunStepNewestFirstAndTellsWhy()
    {
        _workshop.Errand.Do = (step, _, _) => step == "start"
            ? throw new OperationFailedException(new Failure("Unhealthy", "web is unhealthy") { ExitCode = 1 })
            : Task.CompletedTask;
        await _workshop.StartAsync();

        var id = await _workshop.QueueAsync();

        var status = await _workshop.EndedAsync(id);
        status.State.ShouldBe(OperationState.Failed);
        status.FailedStep.ShouldBe("start");
        status.Failure!.Reason.ShouldBe("Unhealthy");
        _workshop.Errand.World.ShouldBe(["fetch", "undo start", "undo fetch"]);
        await Workshop.UntilAsync(() => _workshop.PublishedTypes().Contains("deployment-failed"));
        var told = JsonSerializer.Deserialize<DeploymentFailed>(_workshop.Published[^1].Body, WireJson.Options)!;
        (told.Step, told.ExitCode, told.Left).ShouldBe(("start", 1, null));
    }

    [Fact]
    public async Task Run_StepFindsANewerOperation_UndoesAndEndsSuperseded()
    {
        var newer = Guid.NewGuid();
        _workshop.Errand.Do = (step, _, _) => step == "switch" ? throw new OperationSupersededException(newer) : Task.CompletedTask;
        await _workshop.StartAsync();

        var id = await _workshop.QueueAsync();

        (await _workshop.EndedAsync(id)).State.ShouldBe(OperationState.Superseded);
        _workshop.Errand.World.ShouldBe(["fetch", "start", "undo switch", "undo start", "undo fetch"]);
        await Workshop.UntilAsync(() => _workshop.PublishedTypes().Contains("deployment-superseded"));
        JsonSerializer.Deserialize<DeploymentSuperseded>(_workshop.Published[^1].Body, WireJson.Options)!.By.ShouldBe(newer);
    }

    [Fact]
    public async Task Supersede_WaitsOrHasBegun_EndsOnlyWhatWaits()
    {
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        _workshop.Errand.Do = async (step, _, _) =>
        {
            begun.TrySetResult();
            await goOn.Task;
        };
        await _workshop.StartAsync();
        var (running, waiting, newer) = (await _workshop.QueueAsync(), await _workshop.QueueAsync(), Guid.NewGuid());
        await begun.Task;

        var outcomes = await _workshop.Journal.WriteAsync(transaction => (transaction.Supersede(running, newer), transaction.Supersede(waiting, newer)));

        outcomes.ShouldBe((false, true));
        (await _workshop.EndedAsync(waiting)).State.ShouldBe(OperationState.Superseded);
        goOn.SetResult();
        (await _workshop.EndedAsync(running)).State.ShouldBe(OperationState.Completed);
    }

    [Fact]
    public async Task Run_UndoFails_GoesOnUndoingAndTellsWhatIsLeft()
    {
        _workshop.Errand.Do = (step, _, _) => step == "switch" ? throw new InvalidOperationException("boom") : Task.CompletedTask;
        _workshop.Errand.UndoIt = step => step == "start" ? throw new InvalidOperationException("stuck") : Task.CompletedTask;
        await _workshop.StartAsync();

        var status = await _workshop.EndedAsync(await _workshop.QueueAsync());

        status.Failure!.Reason.ShouldBe(FailureReasons.Internal);
        status.LeftBehind.ShouldNotBeNull().ShouldContain("start");
        _workshop.Errand.World.ShouldBe(["fetch", "start", "undo switch", "undo fetch"]);
    }

    [Fact]
    public async Task Run_DeadlinePasses_EndsFailedNamingTheStep()
    {
        _workshop.Errand.Do = (step, _, cancellationToken) => step == "fetch" ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.CompletedTask;
        await _workshop.StartAsync();
        var id = await _workshop.QueueAsync();
        await Workshop.UntilAsync(() => _workshop.Journal.Find(id)!.State == OperationState.Running);

        var ended = _workshop.EndedAsync(id);
        while (!ended.IsCompleted)
        {
            _workshop.Time.Advance(TimeSpan.FromSeconds(31));
            await Task.Yield();
        }

        (await ended).Failure!.Reason.ShouldBe(FailureReasons.DeadlineExceeded);
    }

    [Fact]
    public async Task Run_CancelAskedWhileRunning_UndoesAndEndsCancelled()
    {
        var inStep = new TaskCompletionSource();
        _workshop.Errand.Do = async (step, _, cancellationToken) =>
        {
            if (step != "start")
                return;
            inStep.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        };
        await _workshop.StartAsync();
        var id = await _workshop.QueueAsync();
        await inStep.Task;

        var outcome = await _workshop.Journal.WriteAsync(transaction => transaction.RequestCancel(id, "wrong version", "ana"));

        outcome.ShouldBe(CancelOutcome.Requested);
        (await _workshop.EndedAsync(id)).State.ShouldBe(OperationState.Cancelled);
        _workshop.Errand.World.ShouldBe(["fetch", "undo start", "undo fetch"]);
        await Workshop.UntilAsync(() => _workshop.PublishedTypes().Contains("deployment-cancelled"));
        var told = JsonSerializer.Deserialize<DeploymentCancelled>(_workshop.Published[^1].Body, WireJson.Options)!;
        (told.Reason, told.CancelledBy, told.Step).ShouldBe(("wrong version", "ana", "start"));
    }

    [Fact]
    public async Task RequestCancel_Queued_EndsAtOnceWithoutRunning()
    {
        var gate = new TaskCompletionSource();
        _workshop.Errand.Do = (_, operation, _) => operation.Subject == "shop" ? gate.Task : Task.CompletedTask;
        await _workshop.StartAsync();
        var first = await _workshop.QueueAsync();
        var second = await _workshop.QueueAsync();

        (await _workshop.Journal.WriteAsync(transaction => transaction.RequestCancel(second, null, "ana"))).ShouldBe(CancelOutcome.Cancelled);

        gate.SetResult();
        (await _workshop.EndedAsync(first)).State.ShouldBe(OperationState.Completed);
        _workshop.Journal.Find(second)!.Steps.ShouldBeEmpty();
        (await _workshop.Journal.WriteAsync(transaction => transaction.RequestCancel(second, null, null))).ShouldBe(CancelOutcome.AlreadyEnded);
        (await _workshop.Journal.WriteAsync(transaction => transaction.RequestCancel(Guid.NewGuid(), null, null))).ShouldBe(CancelOutcome.NotFound);
    }

    [Fact]
    public async Task Run_SameSubject_NeverAtOnce_OtherSubjectsAre()
    {
        var (now, most, together) = (new Dictionary<string, int>(), 0, 0);
        _workshop.Parallel = 4;
        _workshop.Errand.Do = async (_, operation, cancellationToken) =>
        {
            lock (now)
            {
                now[operation.Subject] = now.GetValueOrDefault(operation.Subject) + 1;
                most = Math.Max(most, now[operation.Subject]);
                together = Math.Max(together, now.Values.Sum());
            }

            await Task.Delay(2, cancellationToken);
            lock (now)
                now[operation.Subject]--;
        };
        await _workshop.StartAsync();

        var ids = new List<Guid>();
        for (var i = 0; i < 12; i++)
            ids.Add(await _workshop.QueueAsync($"app-{i % 3}"));
        foreach (var id in ids)
            (await _workshop.EndedAsync(id)).State.ShouldBe(OperationState.Completed);

        most.ShouldBe(1);
        together.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Start_StoppedInAStep_ResumesThatStepAndNoneBefore()
    {
        var inStep = new TaskCompletionSource();
        var stuck = true;
        var resumed = false;
        _workshop.Errand.Do = async (step, operation, cancellationToken) =>
        {
            if (step != "start")
                return;
            resumed = operation.Resumed;
            if (!Volatile.Read(ref stuck))
                return;
            inStep.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        };
        await _workshop.StartAsync();
        var id = await _workshop.QueueAsync();
        await inStep.Task;
        Volatile.Write(ref stuck, false);

        await _workshop.RestartAsync();

        (await _workshop.EndedAsync(id)).State.ShouldBe(OperationState.Completed);
        _workshop.Errand.World.ShouldBe(AllSteps);
        // A clean stop is not a crash: the try is given back.
        resumed.ShouldBeFalse();
    }

    [Fact]
    public async Task Start_ServiceDiedInTheSameStepFiveTimes_GivesUpAndUndoes()
    {
        var id = await _workshop.QueueAsync();
        await _workshop.Journal.WriteAsync(transaction =>
        {
            transaction.Execute("UPDATE operations SET state = 'running', next_step = 2, tries = 5");
            transaction.Execute("INSERT INTO steps (operation_id, number, name, started_at) VALUES (@id, 1, 'fetch', @Now), (@id, 2, 'start', @Now)", new { id, transaction.Now });
        });

        await _workshop.StartAsync();

        var status = await _workshop.EndedAsync(id);
        status.Failure!.Reason.ShouldBe(FailureReasons.Interrupted);
        _workshop.Errand.World.ShouldBe(["undo start", "undo fetch"]);
    }

    [Fact]
    public async Task Start_DiedWhileUndoing_GoesOnWithTheUndosThatAreLeft()
    {
        var id = await _workshop.QueueAsync();
        await _workshop.Journal.WriteAsync(transaction =>
        {
            transaction.Execute("""UPDATE operations SET state = 'undoing', next_step = 3, failed_step = 'switch', failure = '{"reason":"RouteFailed","message":"no"}'""");
            transaction.Execute(
                """
                INSERT INTO steps (operation_id, number, name, started_at, undone_at)
                VALUES (@id, 1, 'fetch', @Now, NULL), (@id, 2, 'start', @Now, NULL), (@id, 3, 'switch', @Now, @Now)
                """,
                new { id, transaction.Now });
        });

        await _workshop.StartAsync();

        (await _workshop.EndedAsync(id)).State.ShouldBe(OperationState.Failed);
        _workshop.Errand.World.ShouldBe(["undo start", "undo fetch"]);
    }

    [Fact]
    public async Task Enqueue_SameIdTwice_IsOneOperation()
    {
        var id = await _workshop.QueueAsync();

        (await _workshop.Journal.WriteAsync(transaction => transaction.Enqueue(_workshop.Errand, new DeployApp { App = "shop" }, id, null))).ShouldBeFalse();

        _workshop.Journal.List("shop", 10).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Progress_LinesOfAStep_AreKeptInOrder()
    {
        _workshop.Errand.Do = (step, operation, _) =>
        {
            for (var i = 0; i < 20; i++)
                operation.Progress($"{step} {i}");
            return Task.CompletedTask;
        };
        await _workshop.StartAsync();
        var id = await _workshop.QueueAsync();
        await _workshop.EndedAsync(id);

        var lines = _workshop.Journal.ProgressOf(id);

        lines.Count.ShouldBe(60);
        lines.Take(2).Select(line => line.Line).ShouldBe(["fetch 0", "fetch 1"]);
        lines[^1].ShouldSatisfyAllConditions(line => line.Line.ShouldBe("switch 19"), line => line.Step.ShouldBe("switch"));
    }

    [Fact]
    public async Task OnCommit_Throws_IsAFailureOfTheStepAndNothingOfItIsKept()
    {
        _workshop.Errand.Do = (step, operation, _) =>
        {
            if (step == "start")
            {
                operation.OnCommit(transaction => transaction.Execute("INSERT INTO inbox (message_id, consumer, received_at) VALUES ('x', 'y', 'z')"));
                operation.OnCommit(_ => throw new InvalidOperationException("constraint"));
            }

            return Task.CompletedTask;
        };
        await _workshop.StartAsync();

        var status = await _workshop.EndedAsync(await _workshop.QueueAsync());

        status.State.ShouldBe(OperationState.Failed);
        status.FailedStep.ShouldBe("start");
        (await _workshop.Journal.WriteAsync(transaction => transaction.Query<string>("SELECT consumer FROM inbox"))).ShouldBeEmpty();
    }
}
