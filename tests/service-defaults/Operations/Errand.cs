using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.ServiceDefaults.Tests.Operations;

/// <summary>An operation for tests: three steps whose doings the test supplies; everything done or undone is written to <see cref="World"/>.</summary>
internal sealed class Errand : Operation<DeployApp, Errand.Memory>
{
    public List<string> World { get; } = [];

    public Func<string, OperationContext<DeployApp, Memory>, CancellationToken, Task> Do { get; set; } = (_, _, _) => Task.CompletedTask;

    public Func<string, Task> UndoIt { get; set; } = _ => Task.CompletedTask;

    public override IReadOnlyList<Step<DeployApp, Memory>> Steps => [Make("fetch"), Make("start"), Make("switch")];

    public override string Subject(DeployApp command) => command.App!;

    public override string IdProperty => "deployment_id";

    public override string SubjectProperty => "app";

    protected override PlatformEvent Accepted(OperationContext<DeployApp, Memory> operation) =>
        new DeploymentAccepted { DeploymentId = operation.Id, App = operation.Subject, Steps = StepNames };

    protected override PlatformEvent StepCompleted(OperationContext<DeployApp, Memory> operation, StepOutcome step) =>
        new DeploymentStepCompleted { DeploymentId = operation.Id, App = operation.Subject, Step = step.Name, Number = step.Number, Of = step.Of, Seconds = step.Seconds };

    protected override PlatformEvent Completed(OperationContext<DeployApp, Memory> operation) =>
        new AppDeployed { DeploymentId = operation.Id, App = operation.Subject, Release = operation.State.Done.Count };

    protected override PlatformEvent Failed(OperationContext<DeployApp, Memory> operation, Failure failure, string? step, string? left) =>
        new DeploymentFailed { DeploymentId = operation.Id, App = operation.Subject, Step = step, Message = failure.Message, Left = left, ExitCode = failure.ExitCode };

    protected override PlatformEvent Cancelled(OperationContext<DeployApp, Memory> operation, string? reason, string? by, string? step) =>
        new DeploymentCancelled { DeploymentId = operation.Id, App = operation.Subject, Reason = reason, Step = step, CancelledBy = by };

    protected override PlatformEvent Superseded(OperationContext<DeployApp, Memory> operation, Guid by) =>
        new DeploymentSuperseded { DeploymentId = operation.Id, App = operation.Subject, By = by };

    private Step<DeployApp, Memory> Make(string name) => new(
        name,
        async (operation, cancellationToken) =>
        {
            await Do(name, operation, cancellationToken);
            operation.State.Done.Add(name);
            Note(name);
        },
        TimeSpan.FromSeconds(30),
        async (_, _) =>
        {
            await UndoIt(name);
            Note($"undo {name}");
        });

    private void Note(string what)
    {
        lock (World)
            World.Add(what);
    }

    internal sealed class Memory
    {
        public List<string> Done { get; init; } = [];
    }
}
