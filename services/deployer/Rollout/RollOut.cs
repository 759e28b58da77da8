using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.Deployer.Edge;
using Mambo.Deployer.Previews;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>
/// Brings an app to a release, without an interruption wherever a service can run twice at once:
/// 1. unpack: the bundle, what compose makes of it, the routes; here everything wrong with it is found, and nothing has been touched;
/// 2. pull: images that are not here, after a look at the room there is; then it is known what changes;
/// 3. job: what must run before, such as a migration;
/// 4. start: new containers beside the old ones; what owns data is recreated;
/// 5. gate: every new container answers;
/// 6. switch: the edge sends new requests to them;
/// 7. drain: requests that are under way end where they are;
/// 8. soak: real requests decide whether it stays;
/// 9. retire: the release is the current one; the old containers are paused, and what nobody needs is removed.
/// When a step fails, a person cancels or a newer deployment waits, what was done is undone, newest first: the previous release has been there all the time.
/// </summary>
internal sealed class RollOut(RolloutParts parts, EdgeAddress address, DeployerOptions options, TimeProvider time) : DeploymentOperation<DeployApp>(parts, options, time)
{
    public override DeploymentKind Change => DeploymentKind.Deploy;

    public override IReadOnlyList<Step<DeployApp, RollOutState>> Steps =>
    [
        Timed("unpack", Parts.Preparation.PrepareAsync, Moment + Moment),
        Timed("pull", (operation, cancellationToken) => Parts.Images.PullAsync(operation, operation.State, cancellationToken), Options.PullDeadline),
        Timed("job", JobAsync, Options.JobDeadline, Parts.Jobs.UndoAsync),
        Timed("start", StartAsync, (2 * Options.StartDeadline) + Allowance, Parts.Containers.StartPreviousAsync),
        Timed("gate", GateAsync, Options.GateDeadline + Options.StartDeadline + Allowance),
        Timed("switch", SwitchAsync, Moment, Parts.Routes.SwitchBackAsync),
        Timed("drain", (operation, cancellationToken) => Parts.Routes.DrainAsync(operation, operation.State, cancellationToken), Options.DrainDeadline + Options.StartDeadline + Allowance),
        Timed("soak", (operation, cancellationToken) => Parts.Soak.PassAsync(operation, operation.State, cancellationToken), Options.Soak + Options.StartDeadline + Allowance),
        Timed("retire", (operation, cancellationToken) => RetireAsync(operation, keepWarm: true, cancellationToken), Options.StartDeadline + Allowance),
    ];

    public override string Subject(DeployApp command) => command.App!;

    protected override PlatformEvent Accepted(OperationContext<DeployApp, RollOutState> operation) =>
        (DeploymentAccepted)base.Accepted(operation) with { Bundle = operation.Command.Bundle, Commit = operation.Command.Commit };

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
            Seconds = SecondsOf(operation),
            Warnings = operation.State.Warnings,
            PreviewOf = PreviewLease.OriginOf(operation.Command),
            ExpiresAt = PreviewLease.EndOf(operation.Command, operation.AcceptedAt),
        };
    }

    protected override PlatformEvent Superseded(OperationContext<DeployApp, RollOutState> operation, Guid by) => new DeploymentSuperseded
    {
        DeploymentId = operation.Id,
        App = operation.Subject,
        By = by,
    };

    private async Task JobAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        await SettledAsync(operation, cancellationToken);
        await Parts.Routes.FenceAsync(operation.Id, operation.Command);
        await Parts.Jobs.RunAsync(operation, operation.State, cancellationToken);
    }

    private async Task StartAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        await SettledAsync(operation, cancellationToken);
        await Parts.Containers.StartAsync(operation, operation.State, cancellationToken);
    }

    private async Task SwitchAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        await Parts.Routes.FenceAsync(operation.Id, operation.Command);
        await Parts.Routes.SwitchAsync(operation, operation.State, cancellationToken);
    }
}
