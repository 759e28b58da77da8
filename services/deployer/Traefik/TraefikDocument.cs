using System.Text.Json.Nodes;

namespace Mambo.Deployer.Traefik;

/// <summary>
/// One dynamic file of Traefik: everything of one app. Members are called <c>{app}_{name}</c>; no app's name has an underscore, so no two apps ever meet.
/// </summary>
/// <param name="Text">What the file holds. Empty: the app is reached by nobody and needs no file.</param>
/// <param name="Routers">Rule and service of each router, by its name in the file.</param>
/// <param name="Services">Addresses of the servers of each service that has some, by its name in the file; null for one that stands on other services.</param>
internal sealed record TraefikDocument(
    string Text, IReadOnlyDictionary<string, TraefikDocument.Route> Routers, IReadOnlyDictionary<string, IReadOnlyList<string>?> Services)
{
    public static readonly TraefikDocument Empty = new("", new Dictionary<string, Route>(), new Dictionary<string, IReadOnlyList<string>?>());

    /// <summary>Where a router sends what its rule takes.</summary>
    public sealed record Route(string Rule, string Service);

    /// <summary>Makes the file of an app from labels without faults.</summary>
    /// <param name="app">The app's name.</param>
    /// <param name="tree">Its labels.</param>
    /// <param name="servers">
    /// Addresses such as <c>http://172.18.0.3:8080</c> of the containers behind each of <see cref="LabelTree.Backends"/>; a service without any answers 503.
    /// </param>
    /// <param name="entryPoints">For routers that name none. Empty: Traefik's own defaults.</param>
    public static TraefikDocument Of(
        string app, LabelTree tree, IReadOnlyDictionary<string, IReadOnlyList<string>> servers, IReadOnlyList<string> entryPoints)
    {
        if (tree.Sections.Values.All(section => section.Count == 0))
            return Empty;

        var http = new JsonObject();
        foreach (var (name, members) in tree.Sections.Where(section => section.Value.Count > 0))
        {
            var schema = TraefikSchema.Sections[name];
            http[name] = new JsonObject(members.Select(member => KeyValuePair.Create(NameOf(app, member.Key), (JsonNode?)Group(app, member.Value!.AsObject(), schema))));
        }

        foreach (var (name, backend) in tree.Backends)
            AddServers(http["services"]![NameOf(app, name)]!["loadBalancer"]!.AsObject(), backend.Url is { } url ? [url] : servers.GetValueOrDefault(name) ?? []);
        foreach (var router in Members(http, "routers").Where(router => entryPoints.Count > 0 && !router.Value.ContainsKey("entryPoints")))
            router.Value["entryPoints"] = new JsonArray([.. entryPoints.Select(entryPoint => (JsonNode)entryPoint)]);

        return new TraefikDocument(
            StableJson.Write(new JsonObject { ["http"] = http }),
            Members(http, "routers").ToDictionary(router => router.Key, router => new Route((string)router.Value["rule"]!, (string)router.Value["service"]!)),
            Members(http, "services").ToDictionary(service => service.Key, service => AddressesOf(service.Value)));
    }

    /// <summary>What a member of an app is called in the file, and, with <c>@file</c> behind it, everywhere in Traefik.</summary>
    public static string NameOf(string app, string member) => $"{app}_{member}";

    private static IEnumerable<KeyValuePair<string, JsonObject>> Members(JsonObject http, string section) =>
        (http[section] as JsonObject ?? []).Select(member => KeyValuePair.Create(member.Key, member.Value!.AsObject()));

    /// <summary>A copy in which references to members of the app have their new names.</summary>
    private static JsonObject Group(string app, JsonObject group, TraefikField schema) =>
        new(group.Select(option => KeyValuePair.Create(option.Key, (JsonNode?)Copy(app, option.Value!, schema.Fields[option.Key]))));

    private static JsonNode Copy(string app, JsonNode value, TraefikField field) => (value, field) switch
    {
        (JsonObject group, { Kind: FieldKind.Group }) => Group(app, group, field),
        (JsonArray groups, { Kind: FieldKind.Groups }) => new JsonArray([.. groups.Select(group => Group(app, group!.AsObject(), field))]),
        (JsonArray names, { Refers: not null }) => new JsonArray([.. names.Select(name => (JsonNode)Renamed(app, (string)name!))]),
        (JsonValue name, { Refers: not null }) => Renamed(app, (string)name!),
        _ => value.DeepClone(),
    };

    private static string Renamed(string app, string name) => name.Contains('@') ? name : NameOf(app, name);

    private static void AddServers(JsonObject balancer, IReadOnlyList<string> addresses)
    {
        // What the labels say of "the" server holds for each.
        var server = balancer["server"] as JsonObject ?? [];
        balancer.Remove("server");
        var options = server.Where(option => option.Key is "weight" or "preservePath").ToList();
        balancer["servers"] = new JsonArray([.. addresses.Order(StringComparer.Ordinal).Select(address =>
            new JsonObject([KeyValuePair.Create("url", (JsonNode?)address), .. options.Select(option => KeyValuePair.Create(option.Key, option.Value?.DeepClone()))]))]);
    }

    private static IReadOnlyList<string>? AddressesOf(JsonObject service) =>
        service["loadBalancer"]?["servers"] is JsonArray servers ? servers.Select(server => (string)server!["url"]!).ToList() : null;
}
