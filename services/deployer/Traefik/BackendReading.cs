using System.Text.Json.Nodes;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Deployer.Traefik;

/// <summary>Reads <c>loadbalancer.server.{port,scheme,url}</c> of every Traefik service that balances between servers.</summary>
internal sealed class BackendReading(ComposeModel model, LabelReading reading, List<FieldError> faults)
{
    public Dictionary<string, TraefikBackend> Of(JsonObject services, DefaultServices defaults)
    {
        var backends = new Dictionary<string, TraefikBackend>(StringComparer.Ordinal);
        foreach (var (name, service) in services)
        {
            if (service!["loadBalancer"] is not { } balancer)
                continue;
            var implied = defaults.Implicit.Where(pair => pair.Value == name).Select(pair => pair.Key);
            backends[name] = Of(name, [.. reading.DeclarersOf("services", name).Union(implied)], balancer["server"] as JsonObject ?? []);
        }

        return backends;
    }

    private TraefikBackend Of(string name, IReadOnlyList<string> composeServices, JsonObject server)
    {
        var (url, scheme, port) = ((string?)server["url"], (string?)server["scheme"], (long?)server["port"]);
        if (url is not null && (scheme ?? (object?)port) is not null)
            Fault(name, "url", "It is given together with port or scheme, which it already says. Keep the one or the others.");
        if (url is not null && (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https" or "h2c") || address.Host.Length == 0))
            Fault(name, "url", $"{Quoted.Text(url)} is no address. Write one such as http://10.0.0.1:8080.");
        if (scheme is not (null or "http" or "https" or "h2c"))
            Fault(name, "scheme", $"{Quoted.Text(scheme)} is no scheme. Write http, https or h2c.");
        if (port is < 1 or > 65535)
            Fault(name, "port", $"\"{port}\" is no port. Write a number from 1 to 65535.");

        var exposed = composeServices is [var only] && model.Find(only)!.Expose is [var single] ? single : (int?)null;
        return new TraefikBackend(composeServices, scheme ?? "http", (int?)port ?? exposed, url);
    }

    private void Fault(string service, string option, string problem)
    {
        var labels = reading.Members("services").First(member => member.Name == service);
        faults.Add(new FieldError(labels.Child("loadBalancer")?.Child("server")?.Child(option)?.Field ?? labels.Field, problem));
    }
}
