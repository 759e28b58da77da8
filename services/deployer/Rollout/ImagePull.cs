using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Plan;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Hosts;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>
/// The step <c>pull</c>: sees to it that every image is here; one that is needs no registry. With the images at hand it is known what has changed, and so the plan.
/// </summary>
internal sealed class ImagePull(DockerEngine engine, ComposeCli compose, ReleaseFolders folders, Preflight preflight)
{
    public async Task PullAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        var references = state.Model.Services.Select(service => service.Image!).Distinct().ToList();
        var local = await LookAsync(references, cancellationToken);
        await preflight.CheckAsync(state, [.. local.Where(image => image.Value is null).Select(image => image.Key)], cancellationToken);
        if (local.Values.Any(image => image is null))
        {
            folders.Write(state.Release! with { Content = state.Release.Content with { Slots = state.Model.Services.ToDictionary(service => service.Name, _ => state.Release.Number) } });
            var result = await compose.PullAsync(folders.Project(state.Release!), operation.Progress, cancellationToken);
            local = await LookAsync(references, cancellationToken);
            if (local.Where(image => image.Value is null).Select(image => image.Key).ToList() is { Count: > 0 } missing)
                throw Unavailable(missing, result);
        }

        foreach (var service in state.Model.Services.Where(service => !service.HasHealthCheck && !local[service.Image!]!.HasHealthCheck))
            Warn(state, $"{service.Name} has no health check: this release is unproven");
        await PlanAsync(operation, state, service => local[service.Image!]!, cancellationToken);
    }

    private async Task PlanAsync(OperationContext operation, RollOutState state, Func<ComposeService, LocalImage> imageOf, CancellationToken cancellationToken)
    {
        var release = state.Release!;
        var project = folders.Project(release);
        var containers = await engine.ContainersAsync(project.Name, cancellationToken);
        var routes = new AppRoutes(release.Content.Routes, [], []).WithPorts(service => imageOf(state.Model.Find(service)!).ExposedPorts);
        if (routes.Faults.Count > 0)
            throw Preparation.Rejected(routes.Faults);

        var bundle = project.Directory;
        var content = release.Content with
        {
            Routes = routes.Routes,
            Services = [.. state.Model.Services.Where(service => !Jobs.Is(service, state.Model)).Select(service => service.Name)],
            ServiceDigests = ServiceDigest.Of(state.Model, bundle, state.Model.Services.ToDictionary(service => service.Name, service => imageOf(service).Id)),
            Frame = ServiceDigest.FrameOf(state.Model),
            Routed = RoutedServices.Of(state.Model, service => imageOf(service).ExposedPorts),
        };
        var running = containers.Where(container => container.IsRunning && state.Previous?.Owns(container) == true).Select(container => container.Service).ToHashSet(StringComparer.Ordinal);
        var plan = ServicePlan.For(
            state.Previous is null ? null : new ServingRelease(state.Previous.Content, running),
            new WantedRelease(content, state.Model, bundle) { ImageVolumes = state.Model.Services.ToDictionary(service => service.Name, service => imageOf(service).Volumes) });
        // A slot the release had before is taken up again while its containers are still here.
        int SlotOf(PlannedService service) => service.Change == ServiceChange.Untouched
            ? state.Previous!.Content.Slots[service.Name]
            : release.Content.Slots.TryGetValue(service.Name, out var kept) && containers.Any(container => container.Service == service.Name && container.Slot == kept) ? kept : release.Number;
        state.Plan = plan;
        state.Release = release with
        {
            Content = content with { Slots = plan.Services.Where(service => service.Change != ServiceChange.Removed).ToDictionary(service => service.Name, SlotOf) },
        };
        folders.Write(state.Release);
        foreach (var warning in plan.Warnings)
            Warn(state, warning);
        foreach (var service in plan.Services)
            operation.Progress($"{service.Name} ({service.Change.ToString().ToLowerInvariant()}): {service.Why}");
    }

    private async Task<Dictionary<string, LocalImage?>> LookAsync(IEnumerable<string> references, CancellationToken cancellationToken)
    {
        var looks = references.Select(async reference => (reference, image: await engine.ImageAsync(reference, cancellationToken)));
        return (await Task.WhenAll(looks)).ToDictionary(look => look.reference, look => look.image);
    }

    /// <summary>Once, also when the step runs again.</summary>
    private static void Warn(RollOutState state, string warning)
    {
        if (!state.Warnings.Contains(warning))
            state.Warnings.Add(warning);
    }

    private static OperationFailedException Unavailable(List<string> missing, CommandResult pull) => new(new Failure(
        nameof(DeploymentFailureReason.ImageUnavailable),
        $"{string.Join(", ", missing)} could not be pulled. Check the name, that it was pushed, and that this host may pull it (docker login).")
    {
        ExitCode = pull.ExitCode,
        Output = pull.ErrorTail,
    });
}
