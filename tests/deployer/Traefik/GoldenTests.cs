using System.Text.Json;

using Mambo.Deployer.Traefik;
using Mambo.TestEnvironment;

using YamlDotNet.RepresentationModel;

namespace Mambo.Deployer.Tests.Traefik;

/// <summary>Labels as people write them and the file Traefik reads in their place: <c>Golden/{name}.labels</c> and <c>Golden/{name}.yml</c>.</summary>
public sealed class GoldenTests
{
    private static readonly string Folder = "tests/deployer/Traefik/Golden";

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(GoldenFile.PathOf(Folder), "*.labels").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_Labels_IsTheGoldenFile(string name)
    {
        var tree = Labels.Tree(File.ReadAllText(GoldenFile.PathOf($"{Folder}/{name}.labels")));
        tree.Faults.ShouldBeEmpty();

        var document = TraefikDocument.Of("shop", tree, Labels.Servers(tree), []);

        GoldenFile.ShouldMatch($"{Folder}/{name}.yml", document.Text);
        // Valid both as what it is written as and as what it is read as.
        JsonDocument.Parse(document.Text).RootElement.GetProperty("http").ValueKind.ShouldBe(JsonValueKind.Object);
        var yaml = new YamlStream();
        yaml.Load(new StringReader(document.Text));
        yaml.Documents.ShouldHaveSingleItem();
    }
}
