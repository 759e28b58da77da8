using Mambo.Contracts.Deployments;

namespace Mambo.Deployer.Routes;

/// <summary>The <c>traefik.*</c> labels of one compose service, taken apart.</summary>
internal sealed class RouterLabels
{
    /// <summary>Options of a router that are accepted and change nothing on the embedded edge.</summary>
    private static readonly string[] IdleRouterOptions = ["entrypoints", "tls", "middlewares", "observability", "rulesyntax"];

    private static readonly string[] KnownRouterOptions = ["rule", "service", "priority", .. IdleRouterOptions];

    private RouterLabels(string service) => Service = service;

    /// <summary>The compose service that carries them.</summary>
    public string Service { get; }

    /// <summary><c>traefik.enable</c>. Null: no such label.</summary>
    public bool? Enabled { get; private set; }

    /// <summary>Options by router.</summary>
    public SortedDictionary<string, Dictionary<string, string>> Routers { get; } = new(StringComparer.Ordinal);

    /// <summary>Options by Traefik service, such as <c>loadbalancer.server.port</c>.</summary>
    public SortedDictionary<string, Dictionary<string, string>> Services { get; } = new(StringComparer.Ordinal);

    /// <summary>Labels that are understood and have no effect here.</summary>
    public List<string> Idle { get; } = [];

    public static RouterLabels Read(string service, IReadOnlyDictionary<string, string> labels, List<FieldError> faults)
    {
        var read = new RouterLabels(service);
        foreach (var (label, value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            if (label.StartsWith("traefik.", StringComparison.OrdinalIgnoreCase) && read.Take(label, value) is { } problem)
                faults.Add(new FieldError(FieldOf(service, label), problem));
        }

        return read;
    }

    public static string FieldOf(string service, string label) => $"services.{service}.labels.{label}";

    /// <returns>What is wrong with the label. Null: nothing.</returns>
    private string? Take(string label, string value)
    {
        // Traefik reads label names without regard to case.
        var words = label.ToLowerInvariant().Split('.');
        switch (words)
        {
            case ["traefik", "enable"]:
                if (!bool.TryParse(value, out var enabled))
                    return $"\"{value}\" is neither true nor false.";
                Enabled = enabled;
                return null;
            case ["traefik", "docker", ..]:
                Idle.Add(label);
                return null;
            case ["traefik", "http", "routers", { Length: > 0 } router, { Length: > 0 } option, ..]:
                if (!KnownRouterOptions.Contains(option))
                    return $"A router has no option {option}. It has {string.Join(", ", KnownRouterOptions)}.";
                Put(Routers, router, string.Join('.', words[4..]), value);
                if (IdleRouterOptions.Contains(option))
                    Idle.Add(label);
                return null;
            case ["traefik", "http", "services", { Length: > 0 } service, "loadbalancer", { Length: > 0 }, ..]:
                var name = string.Join('.', words[4..]);
                Put(Services, service, name, value);
                if (name is not ("loadbalancer.server.port" or "loadbalancer.healthcheck.path"))
                    Idle.Add(label);
                return name == "loadbalancer.server.scheme" && value != "http" ? $"\"{value}\" is not supported. Services are reached by http." : null;
            case ["traefik", "http", "middlewares", { Length: > 0 }, ..]:
                Idle.Add(label);
                return null;
            case ["traefik", "tcp" or "udp", ..]:
                return "Only HTTP is routed. Remove the label, or publish the port in the compose file.";
            default:
                return "It is no label Traefik knows. Write traefik.enable, traefik.http.routers.<name>.rule or traefik.http.services.<name>.loadbalancer.server.port.";
        }
    }

    private static void Put(SortedDictionary<string, Dictionary<string, string>> map, string name, string option, string value)
    {
        if (!map.TryGetValue(name, out var options))
            map[name] = options = new Dictionary<string, string>(StringComparer.Ordinal);
        options[option] = value;
    }
}
