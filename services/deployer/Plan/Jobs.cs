using Mambo.Deployer.Compose;

namespace Mambo.Deployer.Plan;

/// <summary>Services that run once and end, such as a migration; and the order services start in.</summary>
internal static class Jobs
{
    /// <summary>Label of a service: <c>pre-deploy</c> makes it a job although nothing waits for it.</summary>
    public const string Label = "mambo.job";

    /// <summary>The only value of <see cref="Label"/>.</summary>
    public const string PreDeploy = "pre-deploy";

    private const string Completed = "service_completed_successfully";

    /// <summary>Whether it is labelled as one, or another service waits for its good end.</summary>
    public static bool Is(ComposeService service, ComposeModel model) =>
        service.Labels.GetValueOrDefault(Label) == PreDeploy || model.Services.Any(other => other.DependsOn.GetValueOrDefault(service.Name) == Completed);

    /// <summary>Names of the services a job must have ended for; all of the app's others when it is only labelled.</summary>
    public static IEnumerable<string> Dependents(ComposeService job, ComposeModel model)
    {
        var waiting = model.Services.Where(other => other.DependsOn.ContainsKey(job.Name)).Select(other => other.Name).ToList();
        return waiting.Count > 0 ? waiting : model.Services.Where(other => other.Name != job.Name && !Is(other, model)).Select(other => other.Name);
    }

    /// <summary>Every service after those it depends on or joins, else by name. Compose has refused circles already.</summary>
    public static IReadOnlyList<ComposeService> InOrder(ComposeModel model)
    {
        var order = new List<ComposeService>(model.Services.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var service in model.Services)
            Visit(service);
        return order;

        void Visit(ComposeService service)
        {
            if (!seen.Add(service.Name))
                return;
            foreach (var other in service.DependsOn.Keys.Concat(service.Joins).Order(StringComparer.Ordinal).Select(model.Find).OfType<ComposeService>())
                Visit(other);
            order.Add(service);
        }
    }
}
