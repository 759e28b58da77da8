using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Rollout;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Lifecycle;

/// <summary>
/// Stops an app: from the switch on the edge says that it is stopped, also after a restart of this process; requests under way end, then its containers are stopped. They and
/// their data stay.
/// </summary>
internal sealed class Stop(RolloutParts parts, AppContainers containers, DeployerOptions options, TimeProvider time) : AppOperation<StopApp>(parts, options, time)
{
    private readonly TimeProvider _time = time;

    public override DeploymentKind Change => DeploymentKind.Stop;

    public override IReadOnlyList<Step<StopApp, RollOutState>> Steps =>
    [
        Timed("recall", RecallAsync, Moment),
        Timed("switch", SwitchAsync, Moment, SwitchBackAsync),
        Timed("drain", DrainAsync, Options.DrainDeadline + Allowance),
        Timed("stop", StopAsync, StopDeadline, containers.StartAgainAsync),
    ];

    protected override PlatformEvent Completed(OperationContext<StopApp, RollOutState> operation) => new AppStopped
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        Release = operation.State.Release!.Number,
        RequestedBy = operation.RequestedBy,
        Seconds = operation.SecondsSinceAccepted,
    };

    private Task RecallAsync(OperationContext<StopApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        var (state, current) = (operation.State, containers.Current(operation.Subject));
        (state.Previous, state.Release) = (current, current with { StoppedAt = current.StoppedAt ?? _time.GetUtcNow() });
        return Task.CompletedTask;
    }

    private async Task SwitchAsync(OperationContext<StopApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        await SettledAsync(operation, cancellationToken);
        await Parts.Routes.ServeAsync(operation, operation.State.Release, cancellationToken);
        operation.OnCommit(transaction => ReleaseLedger.Stopped(transaction, operation.Subject, operation.State.Release!.StoppedAt));
    }

    private async Task SwitchBackAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        await Parts.Routes.ServeAsync(operation, state.Previous, cancellationToken);
        operation.OnCommit(transaction => ReleaseLedger.Stopped(transaction, operation.Subject, state.Previous!.StoppedAt));
    }

    private Task DrainAsync(OperationContext<StopApp, RollOutState> operation, CancellationToken cancellationToken) =>
        Parts.Routes.DrainAllAsync(operation, operation.State.Previous!, cancellationToken);

    private Task StopAsync(OperationContext<StopApp, RollOutState> operation, CancellationToken cancellationToken) =>
        containers.StopAsync(operation.State.Release!, operation.Progress, cancellationToken);
}
