using System.Text.Json;
using System.Text.Json.Nodes;

using Mambo.Deployer.Traefik;

namespace Mambo.Deployer.Tests.Traefik;

/// <summary>Any set of labels Traefik knows: each lands in the document once, where it belongs, whatever its case and its order.</summary>
public sealed class EveryLabelTests
{
    [Theory]
    [InlineData("routers")]
    [InlineData("services")]
    [InlineData("middlewares")]
    [InlineData("serversTransports")]
    public void Of_EveryFieldOfTheSchema_IsKnownToTheTreeAndKeepsItsName(string section)
    {
        foreach (var kind in TraefikSchema.Sections[section].Fields.Values)
        {
            var random = new Random(kind.Name.Length);
            var labels = new List<(string Label, string Path, string Value)>();
            Add(labels, kind, $"{section}.m.{kind.Name}", random, everything: true);

            Landed(labels, random).ShouldBe(labels.Select(label => (label.Path, label.Value)), ignoreOrder: true, customMessage: kind.Name);
        }
    }

    [Fact]
    public void Of_RandomLabels_LandOnceEach()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var labels = new List<(string Label, string Path, string Value)>();
            foreach (var (section, name) in new[] { ("routers", "r1"), ("routers", "r2"), ("services", "s"), ("middlewares", "m1"), ("middlewares", "m2"), ("serversTransports", "t") })
            {
                var kinds = TraefikSchema.Sections[section].Fields.Values;
                // A middleware and a service are of one kind.
                foreach (var kind in section is "routers" or "serversTransports" ? [.. kinds.Where(_ => random.Next(3) == 0)] : random.GetItems(kinds.AsSpan(), 1))
                    Add(labels, kind, $"{section}.{name}.{kind.Name}", random, everything: false);
            }

            Landed(labels, random).ShouldBe(labels.Select(label => (label.Path, label.Value)), ignoreOrder: true, customMessage: $"seed {seed}");
        }
    }

    private static void Add(List<(string Label, string Path, string Value)> labels, TraefikField field, string path, Random random, bool everything)
    {
        switch (field.Kind)
        {
            case FieldKind.Group when field.Fields.Count == 0:
                labels.Add((path, path, "{}"));
                break;
            case FieldKind.Group:
                foreach (var below in Some(field))
                    Add(labels, below, $"{path}.{below.Name}", random, everything);
                break;
            case FieldKind.Groups:
                for (var index = 0; index < 2; index++)
                {
                    foreach (var below in Some(field))
                        Add(labels, below, $"{path}[{index}].{below.Name}", random, everything);
                }

                break;
            case FieldKind.Texts:
                labels.Add(($"{path}[0]", $"{path}[0]", Value(field)));
                labels.Add(($"{path}[1]", $"{path}[1]", Value(field)));
                break;
            case FieldKind.TextMap or FieldKind.NumberMap or FieldKind.Anything:
                labels.Add(($"{path}.X-Some", $"{path}.X-Some", Value(field)));
                break;
            default:
                labels.Add((path, path, Value(field)));
                break;
        }

        TraefikField[] Some(TraefikField group) => everything ? [.. group.Fields.Values] : random.GetItems(group.Fields.Values.AsSpan(), 3).DistinctBy(below => below.Name).ToArray();

        string Value(TraefikField of) => of switch
        {
            { Refers: not null } => $"o{random.Next(1000)}@file",
            { Name: "scheme" } => "https",
            { Name: "url" } => $"http://10.0.0.{random.Next(250)}",
            { Kind: FieldKind.Flag } => random.Next(2) == 0 ? "true" : "false",
            { Kind: FieldKind.Number or FieldKind.NumberMap } => random.Next(1, 65536).ToString(null, null),
            { Kind: FieldKind.Time } => $"{random.Next(1, 100)}ms",
            _ => $"v{random.Next(100_000)} {{{{ {(char)random.Next(1, 0x300)} \"\\",
        };
    }

    /// <summary>Every leaf of the document as path and text, the app's prefix taken off again.</summary>
    private static List<(string Path, string Value)> Landed(List<(string Label, string Path, string Value)> labels, Random random)
    {
        // "server" has options that exclude each other, and the document writes it once per container.
        labels.RemoveAll(label => label.Path.Contains(".server.", StringComparison.Ordinal) && !label.Path.EndsWith("weight", StringComparison.Ordinal));
        var model = Labels.Model("web:");
        var written = model.Services[0].Labels.Concat(labels.OrderBy(_ => random.Next()).Select(label => KeyValuePair.Create(
            $"traefik.http.{(label.Label.Contains(".X-", StringComparison.Ordinal) ? label.Label : Cased(label.Label, random))}", label.Value == "{}" ? "true" : label.Value)));
        var tree = LabelTree.Of(new([model.Services[0] with { Labels = written.ToDictionary() }]));
        // Rules and choices a random set does not have; nothing else may be wrong with it.
        tree.Faults.Where(fault => !fault.Problem.Contains("has no rule") && !fault.Problem.Contains("does not say which")).ShouldBeEmpty();

        foreach (var router in tree.Sections["routers"].Select(router => router.Value!.AsObject()))
        {
            router.TryAdd("rule", (JsonNode?)"added");
            router.TryAdd("service", (JsonNode?)"added");
        }

        var text = TraefikDocument.Of("shop", tree, tree.Backends.ToDictionary(backend => backend.Key, _ => (IReadOnlyList<string>)["added"]), []).Text;
        text.ShouldNotContain("{{");
        var landed = new List<(string, string)>();
        Leaves(JsonNode.Parse(text)!["http"]!, "", landed);
        return [.. landed.Where(leaf => leaf.Item2 is not ("added" or "shop_added" or "shop_web" or "shop_s"))];
    }

    private static void Leaves(JsonNode node, string path, List<(string, string)> leaves)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } group:
                foreach (var (name, below) in group)
                    Leaves(below!, path.Length == 0 ? name : $"{path}.{(path.Contains('.') ? name : name.Replace("shop_", ""))}", leaves);
                break;
            case JsonArray { Count: > 0 } list when path.EndsWith("loadBalancer.servers", StringComparison.Ordinal):
                Leaves(list[0]!, path[..^1], leaves);
                break;
            case JsonArray list:
                for (var index = 0; index < list.Count; index++)
                    Leaves(list[index]!, $"{path}[{index}]", leaves);
                break;
            default:
                leaves.Add((path, node.GetValueKind() == JsonValueKind.String ? (string)node! : node.ToJsonString()));
                break;
        }
    }

    private static string Cased(string label, Random random)
    {
        // Names of members keep their case: they are the author's.
        var name = label.Split('.')[1];
        return string.Join('.', label.Split('.').Select(part => part == name ? part : random.Next(3) switch { 0 => part.ToLowerInvariant(), 1 => part.ToUpperInvariant(), _ => part }));
    }
}
