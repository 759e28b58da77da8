using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.Deployer.Edge;
using Mambo.Deployer.Recovery;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>
/// Brings an app to a release:
/// 1. unpack: the bundle, what compose makes of it, the routes; here everything wrong with it is found, and nothing has been touched;
/// 2. pull: images that are not here;
/// 3. start: the containers, in place of those of the previous release;
/// 4. gate: every routed container answers HTTP;
/// 5. switch: the edge takes the routes;
/// 6. retire: the release is the current one; what nobody needs any more is removed.
/// When a step fails or a person cancels, the previous release is started and routed again.
/// </summary>
internal sealed class RollOut(
    Preparation preparation,
    ImagePull images,
    ContainerStart containers,
    HealthGate gate,
    EmbeddedEdge edge,
    EdgeAddress address,
    Retirement retirement,
    ReleaseRecovery recovery,
    DeployerOptions options) : Operation<DeployApp, RollOutState>
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(30);

    /// <summary>What a deadline leaves compose to say for itself why it gave up, and for stopping what ran before.</summary>
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(30);

    public override IReadOnlyList<Step<DeployApp, RollOutState>> Steps =>
    [
        new("unpack", preparation.PrepareAsync, Moment + Moment),
        new("pull", images.PullAsync, options.PullDeadline),
        new("start", StartAsync, options.StartDeadline + Allowance, Undo: containers.StartPreviousAsync),
        new("gate", GateAsync, options.GateDeadline + options.StartDeadline + Allowance),
        new("switch", SwitchAsync, Moment, Undo: SwitchBackAsync),
        new("retire", RetireAsync, options.StartDeadline + Allowance),
    ];

    public override string IdProperty => "deployment_id";

    public override string SubjectProperty => "app";

    public override string Subject(DeployApp command) => command.App!;

    protected override PlatformEvent Accepted(OperationContext<DeployApp, RollOutState> operation) => new DeploymentAccepted
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        RequestedBy = operation.RequestedBy,
        RequestedAt = operation.Command.RequestedAt ?? operation.AcceptedAt,
        Bundle = operation.Command.Bundle,
        Commit = operation.Command.Commit,
        Steps = StepNames,
    };

    protected override PlatformEvent StepCompleted(OperationContext<DeployApp, RollOutState> operation, StepOutcome step) => new DeploymentStepCompleted
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        Step = step.Name,
        Number = step.Number,
        Of = step.Of,
        Seconds = step.Seconds,
    };

    protected override PlatformEvent Completed(OperationContext<DeployApp, RollOutState> operation)
    {
        var release = operation.State.Release!;
        return new AppDeployed
        {
            DeploymentId = operation.Id,
            App = operation.Subject,
            Release = release.Number,
            Bundle = release.Bundle,
            Images = release.Content.Images.ToDictionary(image => image.Key, image => image.Value.Reference),
            Urls = address.UrlsOf(release.Content.Routes),
            Commit = operation.Command.Commit,
            RequestedBy = operation.RequestedBy,
            Seconds = operation.SecondsSinceAccepted,
            Warnings = operation.State.Warnings,
        };
    }

    protected override PlatformEvent Failed(OperationContext<DeployApp, RollOutState> operation, Failure failure, string? step, string? left) => new DeploymentFailed
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        Reason = Enum.TryParse<DeploymentFailureReason>(failure.Reason, out var reason) ? reason : DeploymentFailureReason.Internal,
        Step = step,
        Message = failure.Message,
        Errors = failure.Errors,
        ExitCode = failure.ExitCode,
        Output = failure.Output,
        ServingRelease = operation.State.Previous?.Number,
        Left = left,
        RequestedBy = operation.RequestedBy,
    };

    protected override PlatformEvent Cancelled(OperationContext<DeployApp, RollOutState> operation, string? reason, string? by, string? step) => new DeploymentCancelled
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        Reason = reason,
        Step = step,
        CancelledBy = by,
    };

    private async Task StartAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        // At the start of the process the app may just be brought up again; two changes of one project must not meet.
        await recovery.SettledAsync(operation.Subject, cancellationToken);
        await containers.StartAsync(operation, cancellationToken);
    }

    private async Task GateAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        // Cut off here, the whole machine may have been down, and the containers with it.
        if (operation.Resumed)
            await containers.StartAsync(operation, cancellationToken);
        await gate.PassAsync(operation, cancellationToken);
    }

    private Task SwitchAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        Serve(operation.Subject, operation.State.Release!);
        return Task.CompletedTask;
    }

    private Task SwitchBackAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        edge.Serve(operation.Subject, operation.State.Previous?.Content.Routes ?? []);
        return Task.CompletedTask;
    }

    private async Task RetireAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        // The embedded edge forgets with the process; a rollout resumed here finds it with the routes of the previous release.
        Serve(operation.Subject, operation.State.Release!);
        if (!await containers.AreUpAsync(operation.State.Release!, cancellationToken))
            await containers.StartAsync(operation, cancellationToken);
        await retirement.RetireAsync(operation, cancellationToken);
        await address.KnownAsync(cancellationToken);
        var release = operation.State.Release!;
        operation.OnCommit(transaction => ReleaseLedger.MakeCurrent(transaction, release));
    }

    private void Serve(string app, Release release)
    {
        try
        {
            edge.Serve(app, release.Content.Routes);
        }
        catch (RouteTakenException taken)
        {
            throw new OperationFailedException(new Failure(nameof(DeploymentFailureReason.RouteFailed), taken.Message));
        }
    }
}
