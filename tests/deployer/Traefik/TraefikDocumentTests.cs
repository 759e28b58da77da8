using System.Text.Json.Nodes;

using Mambo.Deployer.Traefik;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Tests.Traefik;

public sealed class TraefikDocumentTests
{
    private const string Two = "web:\ntraefik.http.routers.plain.rule=Host(`a.b`)\ntraefik.http.routers.own.rule=Host(`c.d`)\ntraefik.http.routers.own.entrypoints=web";

    [Fact]
    public void Of_EntryPointsOfThePlatform_AreForRoutersThatNameNone()
    {
        var tree = Labels.Tree(Two);

        var routers = JsonNode.Parse(TraefikDocument.Of("shop", tree, Labels.Servers(tree), ["websecure"]).Text)!["http"]!["routers"]!;

        routers["shop_plain"]!["entryPoints"]!.ToJsonString().ShouldBe("[\"websecure\"]");
        routers["shop_own"]!["entryPoints"]!.ToJsonString().ShouldBe("[\"web\"]");
    }

    [Fact]
    public void Of_AppsWhoseNamesRunTogether_ShareNoName()
    {
        // With a hyphen between app and name both would have "a-b-c".
        var (one, other) = (Labels.Tree("web:\ntraefik.http.routers.b-c.rule=Host(`a.b`)"), Labels.Tree("web:\ntraefik.http.routers.c.rule=Host(`c.d`)"));

        TraefikDocument.Of("a", one, Labels.Servers(one), []).Routers.Keys.ShouldNotContain(TraefikDocument.Of("a-b", other, Labels.Servers(other), []).Routers.Keys.Single());
    }

    [Fact]
    public void Of_SameInput_IsTheSameTextInAnyOrder()
    {
        var tree = Labels.Tree(Two);
        var servers = Labels.Servers(tree);

        var turned = servers.ToDictionary(service => service.Key, service => (IReadOnlyList<string>)[.. service.Value.Reverse()]);

        TraefikDocument.Of("shop", tree, turned, []).Text.ShouldBe(TraefikDocument.Of("shop", tree, servers, []).Text);
    }

    [Fact]
    public void Of_NoContainers_HasNoServersAndIsStillAFileTraefikTakes()
    {
        var document = TraefikDocument.Of("shop", Labels.Tree(Two), new Dictionary<string, IReadOnlyList<string>>(), []);

        document.Services["shop_web"].ShouldNotBeNull().ShouldBeEmpty();
        document.Text.ShouldContain("\"servers\": []");
    }

    [Fact]
    public void FaultOf_TraefikWithoutADirectory_SaysWhatToWrite()
    {
        TraefikRegistrations.FaultOf(new TraefikOptions())!.ToString().ShouldStartWith("traefik.directory: it is missing, and edge.kind is traefik. Write the full path");
        TraefikRegistrations.FaultOf(new TraefikOptions { Directory = "/no/such/folder" })!.Problem.ShouldBe("the directory /no/such/folder does not exist");
        TraefikRegistrations.FaultOf(new TraefikOptions { Directory = Path.GetTempPath() }).ShouldBeNull();
    }
}
