using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.Deployer.Edge;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>
/// Brings an app back to a release that served before, with its bundle, images and settings. Where its containers are still here, paused, they go on and the routes change:
/// that takes less than a second. Else they are made again, as for a new release. Jobs do not run: what a migration did is not taken back.
/// </summary>
internal sealed class RollBack(RolloutParts parts, EdgeAddress address, DeployerOptions options, TimeProvider time) : DeploymentOperation<RollBackApp>(parts, options, time)
{
    public override DeploymentKind Change => DeploymentKind.RollBack;

    public override IReadOnlyList<Step<RollBackApp, RollOutState>> Steps =>
    [
        Timed("recall", Parts.Preparation.RecallAsync, Moment + Moment),
        Timed("pull", (operation, cancellationToken) => Parts.Images.PullAsync(operation, operation.State, cancellationToken), Options.PullDeadline),
        Timed("start", StartAsync, (2 * Options.StartDeadline) + Allowance, Parts.Containers.StartPreviousAsync),
        Timed("gate", GateAsync, Options.GateDeadline + Options.StartDeadline + Allowance),
        Timed("switch", (operation, cancellationToken) => Parts.Routes.SwitchAsync(operation, operation.State, cancellationToken), Moment, Parts.Routes.SwitchBackAsync),
        Timed("drain", (operation, cancellationToken) => Parts.Routes.DrainAsync(operation, operation.State, cancellationToken), Options.DrainDeadline + Options.StartDeadline + Allowance),
        Timed("retire", (operation, cancellationToken) => RetireAsync(operation, keepWarm: false, cancellationToken), Options.StartDeadline + Allowance),
    ];

    public override string Subject(RollBackApp command) => command.App!;

    protected override PlatformEvent Completed(OperationContext<RollBackApp, RollOutState> operation) => new DeploymentRolledBack
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        FromRelease = operation.State.Previous!.Number,
        ToRelease = operation.State.Release!.Number,
        Urls = address.UrlsOf(operation.State.Release.Content.Routes),
        RequestedBy = operation.RequestedBy,
        Seconds = SecondsOf(operation),
    };

    private async Task StartAsync(OperationContext<RollBackApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        await SettledAsync(operation, cancellationToken);
        await Parts.Containers.StartAsync(operation, operation.State, cancellationToken);
    }
}
