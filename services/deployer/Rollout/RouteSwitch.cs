using Mambo.Contracts.Deployments;
using Mambo.Deployer.Acceptance;
using Mambo.Deployer.Edge;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>The steps <c>switch</c> and <c>drain</c>: new requests go to the new containers, and those under way end where they are.</summary>
internal sealed class RouteSwitch(
    [FromKeyedServices(DeployerRegistrations.Service)] Journal journal, IEdge edge, ContainerStart containers, EdgeAddress address, DeployerOptions options, TimeProvider time)
{
    /// <summary>Ends the rollout when a newer deployment of the app waits that makes it needless: an older build never comes after a newer one.</summary>
    public async Task FenceAsync(Guid id, DeployApp command)
    {
        if (await journal.WriteAsync(transaction => Generations.NewerThan(transaction, id, command)) is { } newer)
            throw new OperationSupersededException(newer);
    }

    /// <summary>Brings requests to a release, or tells them that it is stopped. Null: to nothing.</summary>
    public Task ServeAsync(OperationContext operation, Release? release, CancellationToken cancellationToken) =>
        ServeAsync(operation.Subject, Serving.Of(release), cancellationToken);

    public async Task SwitchAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        await ServeAsync(operation.Subject, Serving.Of(state.Release), cancellationToken);
        await address.KnownAsync(cancellationToken);
        state.ServingSince ??= time.GetUtcNow();
    }

    /// <summary>Back to the previous release; requests that are at the new one end there.</summary>
    public async Task SwitchBackAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        await ServeAsync(operation.Subject, Serving.Of(state.Previous), cancellationToken);
        await edge.DrainAsync(operation.Subject, state.NewSlots(), options.DrainDeadline, cancellationToken);
    }

    /// <summary>Waits for the requests to a release that nothing takes the place of.</summary>
    public async Task DrainAllAsync(OperationContext operation, Release release, CancellationToken cancellationToken)
    {
        if (!await edge.DrainAsync(operation.Subject, release.Content.Slots, options.DrainDeadline, cancellationToken))
            operation.Progress($"connections are still open after {options.DrainDeadline.TotalSeconds:0} s; they are cut");
    }

    public async Task DrainAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        await StillServingAsync(operation, state, cancellationToken);
        state.Drained = await edge.DrainAsync(operation.Subject, state.OldSlots(), options.DrainDeadline, cancellationToken);
        if (!state.Drained)
            operation.Progress($"connections to the previous release are still open after {options.DrainDeadline.TotalSeconds:0} s; they end with it");
    }

    /// <summary>
    /// The steps after the switch begin here: an embedded edge forgets with the process and then has the routes of the release before, and where the whole machine was down, the containers were too.
    /// </summary>
    public async Task StillServingAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        if (!await containers.AreUpAsync(state.Release!, cancellationToken))
            await containers.StartAsync(operation, state, cancellationToken);
        await ServeAsync(operation.Subject, Serving.Of(state.Release), cancellationToken);
    }

    private async Task ServeAsync(string app, Serving serving, CancellationToken cancellationToken)
    {
        try
        {
            await edge.ServeAsync(app, serving, cancellationToken);
        }
        catch (Exception refused) when (refused is RouteTakenException or RouteFailedException)
        {
            throw new OperationFailedException(new Failure(nameof(DeploymentFailureReason.RouteFailed), refused.Message));
        }
    }
}
