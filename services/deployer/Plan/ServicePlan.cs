using Mambo.Deployer.Compose;
using Mambo.Deployer.Releases;

namespace Mambo.Deployer.Plan;

/// <summary>Decides what a deployment does to each service. Pure.</summary>
internal static class ServicePlan
{
    /// <summary>Label with which a compose file overrules us: <c>roll</c> or <c>recreate</c>.</summary>
    public const string RolloutLabel = "mambo.rollout";

    /// <summary>Label of a service that runs once before each release: <c>pre-deploy</c>.</summary>
    public const string JobLabel = "mambo.job";

    private const string Completed = "service_completed_successfully";

    /// <param name="previous">The release that serves. Null: none.</param>
    /// <param name="next">The compose file of the release to be.</param>
    /// <param name="digests">Digest of each of its services.</param>
    /// <param name="isUp">Whether containers of the release that serves run a service.</param>
    public static DeploymentPlan For(ReleaseContent? previous, ComposeModel next, IReadOnlyDictionary<string, string> digests, Func<string, bool> isUp)
    {
        var whole = previous is null || previous.Frame != next.Frame;
        var changed = next.Services.Where(service => whole || previous!.ServiceDigests.GetValueOrDefault(service.Name) != digests[service.Name]).Select(service => service.Name).ToHashSet(StringComparer.Ordinal);
        var warnings = new List<string>();
        var services = InOrder(next).Select(service => Plan(service)).ToList();
        services.AddRange((previous?.Slots.Keys ?? []).Where(name => next.Find(name) is null).Order(StringComparer.Ordinal)
            .Select(name => new PlannedService(name, ServiceChange.Removed, "is no longer in the compose file and goes", 0)));
        return new DeploymentPlan(whole, services, warnings);

        PlannedService Plan(ComposeService service)
        {
            var (name, wanted) = (service.Name, service.Labels.GetValueOrDefault(RolloutLabel));
            PlannedService As(ServiceChange change, string why) => new(name, change, why, service.Replicas);
            if (IsLabelledJob(service) || (!whole && IsAwaited(service, next)))
            {
                return changed.Contains(name) || Dependents(name, next).Any(changed.Contains)
                    ? As(ServiceChange.Job, "runs to its end before the release")
                    : As(ServiceChange.Untouched, "is unchanged, and so is what waits for it: it does not run again");
            }

            if (whole && previous is not null)
                return As(ServiceChange.Recreated, "is recreated with an interruption, because networks or volumes of the compose file have changed");
            if (previous is null || !previous.Slots.ContainsKey(name))
                return As(ServiceChange.Added, "is new");
            if (!changed.Contains(name) && isUp(name))
                return As(ServiceChange.Untouched, "is unchanged and goes on");
            if (wanted == "recreate")
                return As(ServiceChange.Recreated, $"is recreated with an interruption, as its label {RolloutLabel} wants");
            if (Obstacle(service) is not { } obstacle)
                return As(ServiceChange.Rolled, "starts beside the old containers and takes over");
            if (wanted != "roll" || obstacle.IsHard)
                return As(ServiceChange.Recreated, $"is recreated with an interruption: {obstacle.Why}");
            warnings.Add($"{name} runs twice for a moment, as its label {RolloutLabel} wants, although {obstacle.Why}");
            return As(ServiceChange.Rolled, "starts beside the old containers and takes over");
        }
    }

    /// <summary>Whether a service does its work once and ends.</summary>
    public static bool IsJob(ComposeService service, ComposeModel model) => IsLabelledJob(service) || IsAwaited(service, model);

    /// <summary>Why two sets of containers of a service cannot run at once; a hard one no label overrules. Null: they can.</summary>
    public static (string Why, bool IsHard)? Obstacle(ComposeService service) => service switch
    {
        { PublishedPorts: [var port, ..] } => ($"it takes port {port} of the host, which only one container can", true),
        { ContainerName: { } name } => ($"its container must be called {name}, and only one can be", true),
        { NetworkMode: "host" } => ("it shares the host's network", true),
        { NetworkMode: { } mode } when mode != "bridge" && mode != "none" => ($"its network is {mode}", true),
        { HasFixedAddress: true } => ("it has a fixed address", true),
        _ when service.Mounts.FirstOrDefault(mount => mount is { Type: "volume", ReadOnly: false }) is { } volume => ($"it owns the data in {volume.Source ?? volume.Target}", false),
        _ => null,
    };

    private static bool IsLabelledJob(ComposeService service) => service.Labels.GetValueOrDefault(JobLabel) == "pre-deploy";

    private static bool IsAwaited(ComposeService service, ComposeModel model) => model.Services.Any(other => other.DependsOn.GetValueOrDefault(service.Name) == Completed);

    private static IEnumerable<string> Dependents(string name, ComposeModel model) => model.Services.Where(other => other.DependsOn.ContainsKey(name)).Select(other => other.Name);

    /// <summary>Those others wait for come first; compose has refused circles.</summary>
    private static List<ComposeService> InOrder(ComposeModel model)
    {
        var ordered = new List<ComposeService>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var service in model.Services)
            Add(service);
        return ordered;

        void Add(ComposeService service)
        {
            if (!seen.Add(service.Name))
                return;
            foreach (var other in service.DependsOn.Keys.Order(StringComparer.Ordinal).Select(model.Find).OfType<ComposeService>())
                Add(other);
            ordered.Add(service);
        }
    }
}
