using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.Deployer.Edge;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Rollout;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Lifecycle;

/// <summary>
/// Makes every container of an app anew from the release it runs, with the images it runs, by the steps of a rollout: what can run twice at once is started beside the old
/// container and takes over, what owns data is recreated. Jobs do not run.
/// </summary>
internal sealed class Restart(RolloutParts parts, ReleaseFolders folders, EdgeAddress address, DeployerOptions options, TimeProvider time) : AppOperation<RestartApp>(parts, options, time)
{
    public override DeploymentKind Change => DeploymentKind.Restart;

    public override IReadOnlyList<Step<RestartApp, RollOutState>> Steps =>
    [
        Timed("recall", Parts.Preparation.RepeatAsync, Moment + Moment),
        Timed("plan", (operation, cancellationToken) => Parts.Images.PullAsync(operation, operation.State, cancellationToken), Options.PullDeadline, UnplanAsync),
        Timed("start", StartAsync, (2 * Options.StartDeadline) + Allowance, StartPreviousAsync),
        Timed("gate", GateAsync, Options.GateDeadline + Options.StartDeadline + Allowance),
        Timed("switch", (operation, cancellationToken) => Parts.Routes.SwitchAsync(operation, operation.State, cancellationToken), Moment, Parts.Routes.SwitchBackAsync),
        Timed("drain", (operation, cancellationToken) => Parts.Routes.DrainAsync(operation, operation.State, cancellationToken), Options.DrainDeadline + Options.StartDeadline + Allowance),
        Timed("retire", (operation, cancellationToken) => RetireAsync(operation, keepWarm: false, cancellationToken), Options.StartDeadline + Allowance),
    ];

    protected override PlatformEvent Completed(OperationContext<RestartApp, RollOutState> operation) => new AppRestarted
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        Release = operation.State.Release!.Number,
        Urls = address.UrlsOf(operation.State.Release.Content.Routes),
        RequestedBy = operation.RequestedBy,
        Seconds = SecondsOf(operation),
    };

    private async Task StartAsync(OperationContext<RestartApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        await SettledAsync(operation, cancellationToken);
        await Parts.Containers.StartAsync(operation, operation.State, cancellationToken);
    }

    private async Task StartPreviousAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        // Old and new containers are of one release: its file says now what the new ones are.
        folders.Write(state.Previous!);
        await Parts.Containers.StartPreviousAsync(operation, state, cancellationToken);
    }

    private Task UnplanAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        folders.Write(state.Previous!);
        return Task.CompletedTask;
    }
}
