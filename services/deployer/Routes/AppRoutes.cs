using System.Globalization;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;

namespace Mambo.Deployer.Routes;

/// <summary>The routes an app declares by labels in its compose file, every fault of them, and what a person should know.</summary>
/// <param name="Routes">Empty: the app is reached by nobody, like a worker.</param>
/// <param name="Faults">Empty: the routes can be served.</param>
/// <param name="Warnings">Labels without effect on this edge.</param>
internal sealed record AppRoutes(IReadOnlyList<AppRoute> Routes, IReadOnlyList<FieldError> Faults, IReadOnlyList<string> Warnings)
{
    public static AppRoutes Of(ComposeModel model)
    {
        var faults = new List<FieldError>();
        var warnings = new List<string>();
        var labelled = model.Services.Select(service => RouterLabels.Read(service.Name, service.Labels, faults)).ToList();
        var enabled = labelled.Where(labels => labels.Enabled == true).ToList();
        foreach (var labels in labelled.Where(labels => labels.Enabled is null && labels.Routers.Count > 0))
            warnings.Add($"{labels.Service} has router labels but not traefik.enable=true, so it is not routed");

        var routes = enabled.SelectMany(labels => new ServiceRouters(labels, enabled, model, faults).Routes()).ToList();
        foreach (var twice in routes.GroupBy(route => route.Address).Where(group => group.Count() > 1))
        {
            var names = string.Join(" and ", twice.Select(route => route.Service).Distinct());
            faults.Add(new FieldError($"services.{twice.First().Service}.labels", $"Two routers claim {twice.Key} (of {names}). Give one another host or path."));
        }

        var idle = enabled.SelectMany(labels => labels.Idle.Select(label => $"{labels.Service}: {label}")).ToList();
        if (idle.Count > 0)
            warnings.Add($"labels without effect on the embedded edge: {string.Join(", ", idle)}");
        return new AppRoutes(routes, faults, warnings);
    }

    /// <summary>Fills in the ports no label names, from what the images expose.</summary>
    /// <param name="exposed">Ports the image of a compose service exposes.</param>
    public AppRoutes WithPorts(Func<string, IReadOnlyList<int>> exposed)
    {
        var faults = new List<FieldError>();
        var routes = new List<AppRoute>(Routes.Count);
        foreach (var route in Routes)
        {
            var ports = route.Port is { } known ? [known] : exposed(route.Service);
            if (ports.Count == 1)
                routes.Add(route with { Port = ports[0] });
            else
                faults.Add(PortFault(route.Service, ports));
        }

        return this with { Routes = routes, Faults = [.. faults.Distinct()] };
    }

    /// <summary>Names routes other apps already serve.</summary>
    /// <param name="ownerOf">The app that serves an address. Null: none.</param>
    public IEnumerable<FieldError> Conflicts(Func<string, string?> ownerOf) =>
        from route in Routes
        let owner = ownerOf(route.Address)
        where owner is not null
        select new FieldError($"services.{route.Service}.labels", $"{route.Address} is already served by the app {owner}. Give this app another host or path.");

    private static FieldError PortFault(string service, IReadOnlyList<int> ports) => new(
        $"services.{service}.labels",
        $"The port is not known: the image exposes {(ports.Count == 0 ? "none" : string.Join(", ", ports))}. Add traefik.http.services.{service}.loadbalancer.server.port.");

    /// <summary>The routers on one compose service. A router may name a Traefik service declared on another one of the app.</summary>
    private sealed class ServiceRouters(RouterLabels labels, List<RouterLabels> all, ComposeModel model, List<FieldError> faults)
    {
        public IEnumerable<AppRoute> Routes()
        {
            if (labels.Routers.Count == 0)
                Fault("traefik.enable", "It is a label without router rule. Add traefik.http.routers.<name>.rule=Host(`…`), or remove it.");
            return labels.Routers.SelectMany(router => RoutesOf(router.Key, router.Value));
        }

        private IEnumerable<AppRoute> RoutesOf(string name, Dictionary<string, string> router)
        {
            if (!router.TryGetValue("rule", out var rule))
            {
                Fault($"traefik.http.routers.{name}", $"It is a label without router rule. Add traefik.http.routers.{name}.rule=Host(`…`).");
                return [];
            }

            if (!RouteRule.TryParse(rule, out var matches, out var problem))
                Fault($"traefik.http.routers.{name}.rule", problem);
            var priority = rule.Length;
            if (router.TryGetValue("priority", out var text) && !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out priority))
                Fault($"traefik.http.routers.{name}.priority", $"\"{text}\" is no whole number.");
            return Target(name, router) is { } target
                ? (matches ?? []).Select(match => new AppRoute(match.Host, match.PathPrefix, target.Service, target.Port, priority, target.HealthPath))
                : [];
        }

        private (string Service, int? Port, string? HealthPath)? Target(string router, Dictionary<string, string> options)
        {
            if (!options.TryGetValue("service", out var wanted))
            {
                if (labels.Services.Count > 1)
                {
                    Fault($"traefik.http.routers.{router}.service", $"It is missing, and {labels.Service} declares several: {string.Join(", ", labels.Services.Keys)}. Name one.");
                    return null;
                }

                return TargetOn(labels, labels.Services.Keys.SingleOrDefault());
            }

            var name = wanted.ToLowerInvariant().Replace("@docker", "", StringComparison.Ordinal);
            if (all.FirstOrDefault(other => other.Services.ContainsKey(name)) is { } owner)
                return TargetOn(owner, name);
            var known = all.SelectMany(other => other.Services.Keys).Distinct().ToList();
            Fault($"traefik.http.routers.{router}.service", $"\"{wanted}\" is not declared. {(known.Count == 0 ? "No service is; remove the label." : $"Declared are {string.Join(", ", known)}.")}");
            return null;
        }

        private (string Service, int? Port, string? HealthPath) TargetOn(RouterLabels owner, string? name)
        {
            var options = name is null ? [] : owner.Services[name];
            var prefix = $"traefik.http.services.{name}";
            int? port = model.Find(owner.Service)!.Expose is [var only] ? only : null;
            if (options.TryGetValue("loadbalancer.server.port", out var text))
            {
                if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var labelled) && labelled > 0)
                    port = labelled;
                else
                    faults.Add(new FieldError(RouterLabels.FieldOf(owner.Service, $"{prefix}.loadbalancer.server.port"), $"\"{text}\" is no port. Write a number from 1 to 65535."));
            }

            options.TryGetValue("loadbalancer.healthcheck.path", out var health);
            if (health is not null && !health.StartsWith('/'))
                faults.Add(new FieldError(RouterLabels.FieldOf(owner.Service, $"{prefix}.loadbalancer.healthcheck.path"), $"\"{health}\" is no path. Begin it with /."));
            return (owner.Service, port, health);
        }

        private void Fault(string label, string problem) => faults.Add(new FieldError(RouterLabels.FieldOf(labels.Service, label), problem));
    }
}
