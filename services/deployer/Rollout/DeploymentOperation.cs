using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.Deployer.Recovery;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>What bringing an app to a new release and back to an earlier one have in common: the steps after the first, and what is told.</summary>
internal abstract class DeploymentOperation<TCommand>(RolloutParts parts, DeployerOptions options, TimeProvider time) : Operation<TCommand, RollOutState>
    where TCommand : Command
{
    protected static readonly TimeSpan Moment = TimeSpan.FromSeconds(30);

    /// <summary>What a deadline leaves compose to say for itself why it gave up, and for stopping what ran before.</summary>
    protected static readonly TimeSpan Allowance = TimeSpan.FromSeconds(30);

    /// <summary>What is done to the app.</summary>
    public abstract DeploymentKind Change { get; }

    protected RolloutParts Parts => parts;

    protected DeployerOptions Options => options;

    public override string IdProperty => "deployment_id";

    public override string SubjectProperty => "app";

    protected override PlatformEvent Accepted(OperationContext<TCommand, RollOutState> operation) => new DeploymentAccepted
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        Kind = Change,
        RequestedBy = operation.RequestedBy,
        RequestedAt = operation.Command.RequestedAt ?? operation.AcceptedAt,
        Steps = StepNames,
    };

    protected override PlatformEvent StepCompleted(OperationContext<TCommand, RollOutState> operation, StepOutcome step) => new DeploymentStepCompleted
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        Step = step.Name,
        Number = step.Number,
        Of = step.Of,
        Seconds = step.Seconds,
    };

    protected override PlatformEvent Failed(OperationContext<TCommand, RollOutState> operation, Failure failure, string? step, string? left) => new DeploymentFailed
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        Kind = Change,
        Reason = Enum.TryParse<DeploymentFailureReason>(failure.Reason, out var reason) ? reason : DeploymentFailureReason.Internal,
        Step = step,
        Message = failure.Message,
        Errors = failure.Errors,
        ExitCode = failure.ExitCode,
        Output = failure.Output,
        ServingRelease = operation.State.Previous is { StoppedAt: null } previous ? previous.Number : null,
        Left = left,
        RequestedBy = operation.RequestedBy,
    };

    protected override PlatformEvent Cancelled(OperationContext<TCommand, RollOutState> operation, string? reason, string? by, string? step) => new DeploymentCancelled
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        Reason = reason,
        Step = step,
        CancelledBy = by,
    };

    /// <summary>From acceptance to serving.</summary>
    protected static double SecondsOf(OperationContext<TCommand, RollOutState> operation) =>
        operation.State.ServingSince is { } since ? (since - operation.AcceptedAt).TotalSeconds : operation.SecondsSinceAccepted;

    /// <summary>A step that also ends when the whole deployment has taken too long.</summary>
    protected Step<TCommand, RollOutState> Timed(
        string name,
        Func<OperationContext<TCommand, RollOutState>, CancellationToken, Task> act,
        TimeSpan deadline,
        Func<OperationContext, RollOutState, CancellationToken, Task>? undo = null) => new(
            name,
            async (operation, cancellationToken) =>
            {
                var left = options.Deadline - (time.GetUtcNow() - (operation.State.BegunAt ??= time.GetUtcNow()));
                using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
                try
                {
                    await act(operation, either.Token);
                }
                catch (Exception) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                {
                    throw new OperationFailedException(new Failure(FailureReasons.DeadlineExceeded, $"The deployment was not done after {options.Deadline.TotalMinutes:0.#} minutes; it was in the step '{name}'."));
                }
            },
            deadline,
            undo is null ? null : (operation, cancellationToken) => undo(operation, operation.State, cancellationToken));

    /// <summary>At the start of the process the app may just be brought up again; two changes of one project must not meet.</summary>
    protected Task SettledAsync(OperationContext operation, CancellationToken cancellationToken) => parts.Recovery.SettledAsync(operation.Subject, cancellationToken);

    protected async Task GateAsync(OperationContext<TCommand, RollOutState> operation, CancellationToken cancellationToken)
    {
        // Cut off here, the whole machine may have been down, and the containers with it.
        if (operation.Resumed)
            await parts.Containers.StartAsync(operation, operation.State, cancellationToken);
        await parts.Gate.PassAsync(operation, operation.State, cancellationToken);
    }

    protected async Task RetireAsync(OperationContext<TCommand, RollOutState> operation, bool keepWarm, CancellationToken cancellationToken)
    {
        await parts.Routes.StillServingAsync(operation, operation.State, cancellationToken);
        await parts.Retirement.RetireAsync(operation, operation.State, keepWarm, cancellationToken);
    }
}

/// <summary>Who does the steps.</summary>
internal sealed record RolloutParts(
    Preparation Preparation, ImagePull Images, PreDeployJobs Jobs, ContainerStart Containers, HealthGate Gate, RouteSwitch Routes, Soak Soak, Retirement Retirement, ReleaseRecovery Recovery);
