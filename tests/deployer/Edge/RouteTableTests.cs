using Mambo.Deployer.Edge;
using Mambo.Deployer.Routes;

namespace Mambo.Deployer.Tests.Edge;

public sealed class RouteTableTests
{
    private static readonly RouteTable Table = RouteTable.Empty()
        .With("shop", Serving([Route("a.b", "/", "web"), Route("a.b", "/api", "api"), Route("a.b", "/api/raw", "low", priority: -1)]))
        .With("notes", Serving([Route("c.d", "/", "web")]));

    [Theory]
    [InlineData("a.b", "/", "shop web")]
    [InlineData("A.B", "/x", "shop web")]
    [InlineData("a.b", "/api", "shop api")]
    [InlineData("a.b", "/apis", "shop api")]
    [InlineData("a.b", "/API", "shop web")]
    [InlineData("a.b", "/api/raw/1", "shop api")]
    [InlineData("c.d", "/api", "notes web")]
    [InlineData("x.y", "/", null)]
    public void Find_Request_GoesToTheHighestPriorityThenTheLongestPrefix(string host, string path, string? expected) =>
        (Table.Find(host, path) is { } found ? $"{found.App} {found.Route.Service}" : null).ShouldBe(expected);

    [Fact]
    public void Find_OnlyPrefixesAndNoneFits_IsNobodys() => RouteTable.Empty().With("shop", Serving([Route("a.b", "/api", "api")])).Find("a.b", "/").ShouldBeNull();

    [Fact]
    public void With_NewRoutes_ReplacesThoseOfTheAppAndNoOthers()
    {
        var next = Table.With("shop", Serving([Route("e.f", "/", "web")]));

        next.Find("a.b", "/").ShouldBeNull();
        next.Find("e.f", "/")!.App.ShouldBe("shop");
        next.Find("c.d", "/")!.App.ShouldBe("notes");
        next.With("shop", Serving([])).Of("shop").ShouldBeEmpty();
        Table.Find("a.b", "/").ShouldNotBeNull();
    }

    [Fact]
    public void OwnerOf_Address_IsTheOtherAppThatHasIt()
    {
        Table.OwnerOf("a.b/api", "notes").ShouldBe("shop");
        Table.OwnerOf("a.b/api", "shop").ShouldBeNull();
        Table.OwnerOf("a.b/other", "notes").ShouldBeNull();
    }

    [Fact]
    public void Urls_OfRoutes_NameThePortUnlessItIsTheUsualOne()
    {
        EdgeAddress.Urls([Route("a.b", "/", "web"), Route("a.b", "/api", "api")], 7480).ShouldBe([new Uri("http://a.b:7480/"), new Uri("http://a.b:7480/api")]);
        EdgeAddress.Urls([Route("a.b", "/", "web")], 80).Single().ToString().ShouldBe("http://a.b/");
    }

    private static Serving Serving(params AppRoute[] routes) => new(1, routes, new Dictionary<string, int>(), []);

    private static AppRoute Route(string host, string prefix, string service, int priority = 10) => new(host, prefix, service, 80, priority, null);
}
