using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.Deployer.Locks;
using Mambo.Deployer.Previews;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Rollout;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Lifecycle;

/// <summary>Removes an app: its routes go, requests under way end, then its containers, networks, files and images go, and its volumes if that was asked for.</summary>
internal sealed class Remove(RolloutParts parts, AppContainers containers, AppFiles files, DeployerOptions options, TimeProvider time) : AppOperation<RemoveApp>(parts, options, time)
{
    public override DeploymentKind Change => DeploymentKind.Remove;

    public override IReadOnlyList<Step<RemoveApp, RollOutState>> Steps =>
    [
        Timed("recall", RecallAsync, Moment),
        Timed("switch", SwitchAsync, Moment, (operation, state, cancellationToken) => Parts.Routes.ServeAsync(operation, state.Previous, cancellationToken)),
        Timed("drain", (operation, cancellationToken) => Parts.Routes.DrainAllAsync(operation, operation.State.Previous!, cancellationToken), Options.DrainDeadline + Allowance),
        Timed("remove", RemoveAsync, StopDeadline, containers.StartAgainAsync),
    ];

    protected override PlatformEvent Completed(OperationContext<RemoveApp, RollOutState> operation) => new AppRemoved
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        Release = operation.State.Previous!.Number,
        Volumes = operation.Command.Volumes == true,
        RequestedBy = operation.RequestedBy,
        Seconds = operation.SecondsSinceAccepted,
        Warnings = operation.State.Warnings,
    };

    private Task RecallAsync(OperationContext<RemoveApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        operation.State.Previous = containers.Current(operation.Subject);
        return Task.CompletedTask;
    }

    private async Task SwitchAsync(OperationContext<RemoveApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        await SettledAsync(operation, cancellationToken);
        await Parts.Routes.ServeAsync(operation, release: null, cancellationToken);
    }

    private async Task RemoveAsync(OperationContext<RemoveApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        var (app, state) = (operation.Subject, operation.State);
        // Cut off before, this process began with the routes of what the ledger holds.
        await Parts.Routes.ServeAsync(operation, release: null, cancellationToken);
        await containers.RemoveAsync(state.Previous!, operation.Command.Volumes == true, operation.Progress, cancellationToken);
        state.Warnings = [.. await files.RemoveAsync(app, cancellationToken)];
        operation.OnCommit(transaction =>
        {
            ReleaseLedger.End(transaction, app);
            AppLock.Forget(transaction, app);
            PreviewLease.Forget(transaction, app);
        });
    }
}
