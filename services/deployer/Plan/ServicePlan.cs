using Mambo.Deployer.Compose;

namespace Mambo.Deployer.Plan;

/// <summary>Decides what a deployment does to each service. Looks at nothing but what it is given.</summary>
internal static class ServicePlan
{
    /// <param name="previous">Null: the app was never deployed.</param>
    /// <param name="next">What is wanted.</param>
    public static DeploymentPlan For(ServingRelease? previous, WantedRelease next)
    {
        var whole = previous is null || previous.Content.Frame != next.Content.Frame;
        var services = new Dictionary<string, PlannedService>(StringComparer.Ordinal);
        var warnings = new List<string>();
        foreach (var service in Jobs.InOrder(next.Model))
        {
            var (change, why) = whole ? OfWhole(service, previous, next.Model) : OfOne(service, previous!, next, services, warnings);
            services.Add(service.Name, new PlannedService(service.Name, change, why, service.Replicas));
        }

        var removed = (previous?.Content.Services ?? []).Where(name => next.Model.Find(name) is null).Order(StringComparer.Ordinal)
            .Select(name => new PlannedService(name, ServiceChange.Removed, "The compose file has it no more.", 0));
        return new DeploymentPlan(whole, [.. services.Values, .. removed], warnings);
    }

    private static (ServiceChange, string) OfWhole(ComposeService service, ServingRelease? previous, ComposeModel model)
    {
        if (Jobs.Is(service, model))
            return (ServiceChange.Job, "It runs once, before what waits for it.");
        if (previous?.Content.Services.Contains(service.Name) != true)
            return (ServiceChange.Added, previous is null ? "The app was not deployed before." : "It is new.");
        return (ServiceChange.Recreated, previous.Content.Frame.Length == 0
            ? "What the release before was made of is not known, so everything is made anew."
            : "The networks of the app changed, so everything is made anew.");
    }

    private static (ServiceChange, string) OfOne(
        ComposeService service, ServingRelease previous, WantedRelease next, Dictionary<string, PlannedService> before, List<string> warnings)
    {
        bool Changed(string name) => previous.Content.ServiceDigests.GetValueOrDefault(name) is not { } old || old != next.Content.ServiceDigests.GetValueOrDefault(name);

        if (Jobs.Is(service, next.Model))
        {
            if (Changed(service.Name))
                return (ServiceChange.Job, previous.Content.Services.Contains(service.Name) ? "It changed." : "It is new.");
            return Jobs.Dependents(service, next.Model).FirstOrDefault(Changed) is { } dependent
                ? (ServiceChange.Job, $"It did not change, but {dependent} waits for it, and that did.")
                : (ServiceChange.Untouched, "Neither it nor what waits for it changed.");
        }

        if (!previous.Content.Services.Contains(service.Name))
            return (ServiceChange.Added, "It is new.");
        var moved = service.Joins.FirstOrDefault(joined => before.TryGetValue(joined, out var plan) && plan.Change != ServiceChange.Untouched);
        var runs = service.Replicas == 0 || previous.Running.Contains(service.Name);
        var changed = Changed(service.Name);
        if (!changed && runs && moved is null)
            return (ServiceChange.Untouched, "It did not change.");

        var reason = changed ? "It changed" : moved is not null ? $"It did not change, but {moved}, whose namespaces or volumes it shares, did" : "It did not change, but it does not run";
        return Move(service, next, reason, warnings);
    }

    private static (ServiceChange, string) Move(ComposeService service, WantedRelease next, string reason, List<string> warnings)
    {
        var obstacles = Rolling.Obstacles(service, next.Model).ToList();
        var volumes = Rolling.SharedVolumes(service, next.Bundle, next.ImageVolumes.GetValueOrDefault(service.Name) ?? []).ToList();
        var wish = service.Labels.GetValueOrDefault(Rolling.Label);
        if (wish == "recreate")
            obstacles.Insert(0, $"its label {Rolling.Label} says so");
        if (volumes.Count > 0 && wish == "roll")
            warnings.Add($"{service.Name}: while it is rolled, two containers write to {string.Join(", ", volumes)} at once (label {Rolling.Label}: roll)");
        else if (volumes.Count > 0)
            obstacles.Add($"it keeps data in {string.Join(", ", volumes)}");
        return obstacles.Count == 0
            ? (ServiceChange.Rolled, $"{reason}.")
            : (ServiceChange.Recreated, $"{reason}. It cannot run beside its old container: {string.Join("; ", obstacles)}.");
    }
}
