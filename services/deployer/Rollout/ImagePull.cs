using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Hosts;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>The step <c>pull</c>: sees to it that every image is here. One that is needs no registry.</summary>
internal sealed class ImagePull(DockerEngine engine, ComposeCli compose, ReleaseFolders folders)
{
    public async Task PullAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        var release = operation.State.Release!;
        var local = await LookAsync(operation.State.Images.Values, cancellationToken);
        if (local.Values.Any(image => image is null))
        {
            var project = folders.Project(release);
            var result = await compose.PullAsync(project, operation.Progress, cancellationToken);
            local = await LookAsync(operation.State.Images.Values, cancellationToken);
            if (local.Where(image => image.Value is null).Select(image => image.Key).ToList() is { Count: > 0 } missing)
                throw Unavailable(missing, result);
        }

        ResolvePorts(operation.State, service => local[operation.State.Images[service]]!.ExposedPorts);
        foreach (var service in operation.State.Unchecked.Where(service => !local[operation.State.Images[service]]!.HasHealthCheck))
            Warn(operation.State, $"{service} has no health check: this release is unproven");
    }

    private async Task<Dictionary<string, LocalImage?>> LookAsync(IEnumerable<string> references, CancellationToken cancellationToken)
    {
        var looks = references.Distinct().Select(async reference => (reference, image: await engine.ImageAsync(reference, cancellationToken)));
        return (await Task.WhenAll(looks)).ToDictionary(look => look.reference, look => look.image);
    }

    private static void ResolvePorts(RollOutState state, Func<string, IReadOnlyList<int>> exposed)
    {
        var release = state.Release!;
        var routes = new AppRoutes(release.Content.Routes, [], []).WithPorts(exposed);
        if (routes.Faults.Count > 0)
            throw Preparation.Rejected(routes.Faults);
        state.Release = release with { Content = release.Content with { Routes = routes.Routes } };
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
