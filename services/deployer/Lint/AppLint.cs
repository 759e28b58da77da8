using System.Text.Json;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Plan;
using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Lint;

/// <summary>What is wrong with an app before anything of it runs.</summary>
/// <param name="Faults">It is rejected for these.</param>
/// <param name="Warnings">It may run, and a person should know.</param>
internal sealed record AppLint(IReadOnlyList<FieldError> Faults, IReadOnlyList<string> Warnings)
{
    /// <param name="model">With the images that replace its own.</param>
    /// <param name="project">How compose is called for it.</param>
    /// <param name="routes">Where it answers.</param>
    /// <param name="allowed">What the owner lets this app do.</param>
    public static AppLint Of(ComposeModel model, ComposeProject project, IReadOnlyList<AppRoute> routes, AppPermissions allowed)
    {
        var routed = routes.Select(route => route.Service).ToHashSet(StringComparer.Ordinal);
        var warnings = model.Services.Where(service => routed.Contains(service.Name)).SelectMany(Downtime);
        return new AppLint([.. model.Services.SelectMany(service => Start(service, model, routed)), .. HostReach.Of(model, project, allowed)], [.. warnings]);
    }

    /// <summary>How and when it starts.</summary>
    private static IEnumerable<FieldError> Start(ComposeService service, ComposeModel model, HashSet<string> routed)
    {
        var labels = $"services.{service.Name}.labels";
        var rollout = service.Labels.GetValueOrDefault(Rolling.Label);
        if (rollout is not (null or "roll" or "recreate"))
            yield return new FieldError($"{labels}.{Rolling.Label}", $"\"{rollout}\" is neither roll nor recreate. Leave it out, and the service is rolled when that is possible.");
        if (service.Labels.GetValueOrDefault(Jobs.Label) is { } job && job != Jobs.PreDeploy)
            yield return new FieldError($"{labels}.{Jobs.Label}", $"\"{job}\" is not {Jobs.PreDeploy}, the only kind of job there is.");
        if (rollout == "roll" && Rolling.Obstacles(service, model).ToList() is { Count: > 0 } obstacles)
            yield return new FieldError($"{labels}.{Rolling.Label}", $"It cannot be rolled: {string.Join("; ", obstacles)}. Remove that, or the label.");
        if (service.Restart == "no" && !service.HasHealthCheck && !routed.Contains(service.Name) && !Jobs.Is(service, model))
            yield return new FieldError($"services.{service.Name}", "It runs once (restart: \"no\") and nobody waits for it, so the app would count as failed when it ends. "
                + $"Let another service depend on it with service_completed_successfully, label it {Jobs.Label}: {Jobs.PreDeploy}, or give it another restart policy.");
        if (service.Definition is { ValueKind: JsonValueKind.Object } definition && definition.TryGetProperty("provider", out _))
            yield return new FieldError($"services.{service.Name}.provider", "A provider is a program of this host, and an app may start none. Run it as a container.");
    }

    private static IEnumerable<string> Downtime(ComposeService service)
    {
        if (service.Labels.GetValueOrDefault(Rolling.Label) is "roll")
            yield break;
        if (service.HostPorts.Count > 0)
            yield return $"{service.Name} takes the host's {string.Join(", ", service.HostPorts)} although it is routed: every deployment takes it down for a moment. Remove ports";
        if (service.ContainerName is { } name)
            yield return $"{service.Name} has the fixed container_name {name} although it is routed: every deployment takes it down for a moment. Remove container_name";
    }
}
