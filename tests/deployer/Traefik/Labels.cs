using Mambo.Deployer.Compose;
using Mambo.Deployer.Traefik;

namespace Mambo.Deployer.Tests.Traefik;

/// <summary>Compose services as <c>web: label=value</c> lines; every service is enabled.</summary>
internal static class Labels
{
    /// <summary>Lines of labels, each below a line with the name of its compose service and a colon.</summary>
    public static ComposeModel Model(string text)
    {
        var services = new List<(string Name, Dictionary<string, string> Labels)>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line.EndsWith(':') && !line.Contains('='))
                services.Add((line[..^1], new Dictionary<string, string> { ["traefik.enable"] = "true" }));
            else
                services[^1].Labels[line.Split('=', 2)[0]] = line.Split('=', 2)[1];
        }

        return new ComposeModel([.. services.Select(service => new ComposeService(service.Name, "image", service.Labels, [], HasHealthCheck: true))]);
    }

    public static LabelTree Tree(string text) => LabelTree.Of(Model(text));

    /// <summary>Two containers for every service, at addresses that follow from its place.</summary>
    public static Dictionary<string, IReadOnlyList<string>> Servers(LabelTree tree) => tree.Backends.Keys.Order(StringComparer.Ordinal)
        .Select((name, index) => (name, Urls: (IReadOnlyList<string>)[Url(tree, name, $"172.18.{index}.3"), Url(tree, name, $"172.18.{index}.2")]))
        .ToDictionary(service => service.name, service => service.Urls);

    private static string Url(LabelTree tree, string service, string address) => tree.Backends[service].UrlOf(address, tree.Backends[service].Port ?? 80);
}
