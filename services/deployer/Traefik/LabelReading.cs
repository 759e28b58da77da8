using Mambo.Contracts.Deployments;
using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Deployer.Traefik;

/// <summary>Gathers the labels of an app's compose services in one tree and remembers which service declares what.</summary>
internal sealed class LabelReading
{
    private readonly LabelNode _http = new("http", "");
    private readonly Dictionary<string, List<string>> _declarers = new(StringComparer.OrdinalIgnoreCase);

    public List<FieldError> Faults { get; } = [];

    public List<string> Idle { get; } = [];

    /// <summary>The routers, services, middlewares or serversTransports of the app.</summary>
    public IReadOnlyList<LabelNode> Members(string section) => _http.Child(section)?.Children ?? [];

    /// <summary>The compose services with labels of a member.</summary>
    public IReadOnlyList<string> DeclarersOf(string section, string member) => _declarers.GetValueOrDefault($"{section}.{member}") ?? [];

    /// <summary>The label to name when a member is wrong.</summary>
    public string FieldOf(string section, string member) => _http.Child(section)?.Child(member)?.Field ?? $"services.{member}.labels";

    /// <summary>Takes the labels of a compose service, unless it is not enabled.</summary>
    public void Add(string service, IReadOnlyDictionary<string, string> labels)
    {
        var enable = labels.FirstOrDefault(label => label.Key.Equals("traefik.enable", StringComparison.OrdinalIgnoreCase));
        var enabled = enable.Key is null ? false : LabelValues.Flag(enable.Value);
        if (enabled is null)
            Faults.Add(new FieldError(RouterLabels.FieldOf(service, enable.Key!), $"{Quoted.Text(enable.Value)} is neither true nor false."));
        if (enabled != true)
            return;

        // In Traefik's order, so that the spelling of a name that is written in several ways is the same every time.
        foreach (var (label, value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            if (label.StartsWith("traefik.", StringComparison.OrdinalIgnoreCase) && Take(service, label, value) is { } problem)
                Faults.Add(new FieldError(RouterLabels.FieldOf(service, label), problem));
        }
    }

    /// <returns>What is wrong with the label. Null: nothing.</returns>
    private string? Take(string service, string label, string value)
    {
        if (!LabelNode.TrySplit(label, out var parts, out var problem))
            return problem;
        switch (parts[1].ToLowerInvariant())
        {
            case "enable" when parts.Length == 2:
                return null;
            case "docker":
                Idle.Add($"{service}: {label}");
                return null;
            case "tcp" or "udp":
                return "Only HTTP is routed. Remove the label, or publish the port in the compose file.";
            case "tls":
                return "Apps choose no certificates. Write traefik.http.routers.<name>.tls.certresolver, or put the certificate into a file of Traefik's own.";
            case "http" when parts.Length > 2 && TraefikSchema.Sections.TryGetValue(parts[2], out var section):
                return parts.Length < 5 ? $"It ends too early. Write traefik.http.{section.Name}.<name>.<option>." : Take(service, section, parts, value, label);
            default:
                var sections = string.Join(", ", TraefikSchema.Sections.Keys.Order(StringComparer.Ordinal));
                return $"It is no label Traefik knows. Write traefik.enable, or traefik.http. and one of {sections}.";
        }
    }

    private string? Take(string service, TraefikField section, string[] parts, string value, string label)
    {
        if (parts[3].Contains('@'))
            return $"{Quoted.Text(parts[3])} is no name: @ parts a name from its provider.";
        var key = $"{section.Name}.{parts[3]}";
        if (!_declarers.TryGetValue(key, out var declarers))
            _declarers[key] = declarers = [];
        if (!declarers.Contains(service))
            declarers.Add(service);
        return _http.Add([section.Name, .. parts[3..]], value, RouterLabels.FieldOf(service, label));
    }
}
