using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Edge;
using Mambo.Deployer.Engine;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>
/// The step <c>soak</c>: for a while real requests decide. The containers of the previous release are still there, so that the undo of the switch brings it back at once.
/// </summary>
internal sealed class Soak(IEdge edge, RouteSwitch routes, DockerEngine engine, ContainerDiagnosis diagnosis, PlatformIdentity platform, DeployerOptions options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public async Task PassAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        await routes.StillServingAsync(operation, state, cancellationToken);
        var slots = state.NewSlots();
        if (state.Previous is null || slots.Count == 0)
            return;
        var project = ComposeProject.NameOf(platform, operation.Subject);
        var before = edge.Traffic(operation.Subject, state.OldSlots()) ?? default;
        while (true)
        {
            if (await diagnosis.FindAsync(project, Concerns, late: false, cancellationToken) is { } fault)
                throw Failed(fault.Message, fault.Output);
            if (edge.Traffic(operation.Subject, slots) is { } now && SoakVerdict.Judge(before, now) is { } verdict)
                throw Failed(verdict, await OutputAsync(project, cancellationToken));
            if (time.GetUtcNow() - state.ServingSince >= options.Soak)
                return;
            await Task.Delay(Pause, time, cancellationToken);
        }

        bool Concerns(AppContainer container) => slots.TryGetValue(container.Service, out var slot) && container.Slot == slot;

        async Task<IReadOnlyList<string>> OutputAsync(string of, CancellationToken cancel) =>
            (await engine.ContainersAsync(of, cancel)).FirstOrDefault(Concerns) is { } container ? await diagnosis.OutputAsync(container, null, cancel) : [];
    }

    private static OperationFailedException Failed(string what, IReadOnlyList<string> output) => new(new Failure(
        nameof(DeploymentFailureReason.SoakFailed), $"The release served, then was taken back: {what}")
    {
        Output = output,
    });
}
