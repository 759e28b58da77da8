using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.Deployer.Edge;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Rollout;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Lifecycle;

/// <summary>
/// Starts an app that was stopped. Its containers are still there; one that is missing is made again. The edge brings requests to it once it answers.
/// For an app that runs it only makes sure of that.
/// </summary>
internal sealed class Start(RolloutParts parts, AppContainers containers, EdgeAddress address, DeployerOptions options, TimeProvider time) : AppOperation<StartApp>(parts, options, time)
{
    public override DeploymentKind Change => DeploymentKind.Start;

    public override IReadOnlyList<Step<StartApp, RollOutState>> Steps =>
    [
        Timed("recall", RecallAsync, Moment),
        Timed("start", StartAsync, Options.StartDeadline + Allowance, containers.StopAgainAsync),
        Timed("gate", AllAnswerAsync, Options.GateDeadline + Options.StartDeadline + Allowance),
        Timed("switch", SwitchAsync, Moment, Parts.Routes.SwitchBackAsync),
    ];

    protected override PlatformEvent Completed(OperationContext<StartApp, RollOutState> operation) => new AppStarted
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        Release = operation.State.Release!.Number,
        Urls = address.UrlsOf(operation.State.Release.Content.Routes),
        RequestedBy = operation.RequestedBy,
        Seconds = SecondsOf(operation),
    };

    private Task RecallAsync(OperationContext<StartApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        var (state, current) = (operation.State, containers.Current(operation.Subject));
        (state.Previous, state.Release) = (current, current with { StoppedAt = null });
        return Task.CompletedTask;
    }

    private async Task StartAsync(OperationContext<StartApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        await SettledAsync(operation, cancellationToken);
        await containers.StartAsync(operation.State.Release!, cancellationToken);
    }

    private async Task AllAnswerAsync(OperationContext<StartApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        if (operation.Resumed)
            await containers.StartAsync(operation.State.Release!, cancellationToken);
        // Every container counts as new.
        await Parts.Gate.PassAsync(operation, new RollOutState { Release = operation.State.Release }, cancellationToken);
    }

    private async Task SwitchAsync(OperationContext<StartApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        await Parts.Routes.SwitchAsync(operation, operation.State, cancellationToken);
        operation.OnCommit(transaction => ReleaseLedger.Stopped(transaction, operation.Subject, at: null));
    }
}
