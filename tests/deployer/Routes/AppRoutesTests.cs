using Mambo.Deployer.Compose;
using Mambo.Deployer.Routes;

namespace Mambo.Deployer.Tests.Routes;

public sealed class AppRoutesTests
{
    [Fact]
    public void Of_UsualLabels_IsOneRoute()
    {
        var routes = Read(("web", [
            "traefik.enable=true",
            "traefik.http.routers.shop.rule=Host(`shop.localhost`) && PathPrefix(`/api`)",
            "traefik.http.services.shop.loadbalancer.server.port=8080",
            "traefik.http.services.shop.loadbalancer.healthcheck.path=/up"]));

        routes.Faults.ShouldBeEmpty();
        routes.Warnings.ShouldBeEmpty();
        routes.Routes.ShouldBe([new AppRoute("shop.localhost", "/api", "web", 8080, 44, "/up")]);
    }

    [Fact]
    public void Of_LabelNames_AreReadWithoutRegardToCase() => Read(("web", [
        "Traefik.Enable=true", "traefik.http.routers.Shop.Rule=Host(`a.b`)", "traefik.http.services.Shop.loadBalancer.server.port=80"]))
        .Routes.ShouldHaveSingleItem().Port.ShouldBe(80);

    [Fact]
    public void Of_RouterNamesAServiceOfAnotherContainer_RoutesThere() => Read(
        ("web", ["traefik.enable=true", "traefik.http.routers.a.rule=Host(`a.b`)", "traefik.http.routers.a.service=back@docker", "traefik.http.services.front.loadbalancer.server.port=80"]),
        ("api", ["traefik.enable=true", "traefik.http.routers.b.rule=Host(`c.d`)", "traefik.http.services.back.loadbalancer.server.port=81"]))
        .Routes.Select(route => (route.Host, route.Service, route.Port)).ShouldBe([("c.d", "api", 81), ("a.b", "api", 81)], ignoreOrder: true);

    [Fact]
    public void Of_PriorityLabel_Wins() => Read(("web", [
        "traefik.enable=true", "traefik.http.routers.a.rule=Host(`a.b`)", "traefik.http.routers.a.priority=7"])).Routes.ShouldHaveSingleItem().Priority.ShouldBe(7);

    [Fact]
    public void Of_NotEnabled_IsNotRoutedAndSaysSo()
    {
        var routes = Read(("web", ["traefik.http.routers.a.rule=Host(`a.b`)"]), ("off", ["traefik.enable=false", "traefik.http.routers.b.rule=nonsense"]));

        (routes.Routes.Count, routes.Faults.Count).ShouldBe((0, 0));
        routes.Warnings.ShouldBe(["web has router labels but not traefik.enable=true, so it is not routed"]);
    }

    [Fact]
    public void Of_LabelsWithoutEffectHere_AreNamed()
    {
        var routes = Read(("web", [
            "traefik.enable=true",
            "traefik.http.routers.a.rule=Host(`a.b`)",
            "traefik.http.routers.a.entrypoints=websecure",
            "traefik.http.routers.a.tls.certresolver=le",
            "traefik.http.routers.a.middlewares=zip",
            "traefik.http.middlewares.zip.compress=true"]));

        routes.Faults.ShouldBeEmpty();
        routes.Warnings.ShouldHaveSingleItem().ShouldBe(
            "labels without effect on the embedded edge: web: traefik.http.middlewares.zip.compress, web: traefik.http.routers.a.entrypoints, "
            + "web: traefik.http.routers.a.middlewares, web: traefik.http.routers.a.tls.certresolver");
    }

    [Theory]
    [InlineData("traefik.enable=yes", "services.web.labels.traefik.enable", "neither true nor false")]
    [InlineData("traefik.enable=true", "services.web.labels.traefik.enable", "label without router rule")]
    [InlineData("traefik.enable=true;traefik.http.routers.a.entrypoints=web", "services.web.labels.traefik.http.routers.a", "label without router rule")]
    [InlineData("traefik.enable=true;traefik.http.routers.a.rule=Path(`/`)", "services.web.labels.traefik.http.routers.a.rule", "Path, which is not supported")]
    [InlineData("traefik.enable=true;traefik.http.routers.a.rule=Host(`a.b`);traefik.http.routers.a.service=b", "services.web.labels.traefik.http.routers.a.service", "\"b\" is not declared")]
    [InlineData("traefik.enable=true;traefik.http.routers.a.rule=Host(`a.b`);traefik.http.routers.a.priority=high", "services.web.labels.traefik.http.routers.a.priority", "no whole number")]
    [InlineData("traefik.enable=true;traefik.http.routers.a.rule=Host(`a.b`);traefik.http.routers.a.rul=x", "services.web.labels.traefik.http.routers.a.rul", "no option rul")]
    [InlineData("traefik.enable=true;traefik.http.routers.a.rule=Host(`a.b`);traefik.http.services.a.loadbalancer.server.port=http", "services.web.labels.traefik.http.services.a.loadbalancer.server.port", "no port")]
    [InlineData("traefik.enable=true;traefik.http.routers.a.rule=Host(`a.b`);traefik.http.services.a.loadbalancer.healthcheck.path=up", "services.web.labels.traefik.http.services.a.loadbalancer.healthcheck.path", "Begin it with /")]
    [InlineData("traefik.enable=true;traefik.http.routers.a.rule=Host(`a.b`);traefik.http.services.a.loadbalancer.server.scheme=https", "services.web.labels.traefik.http.services.a.loadbalancer.server.scheme", "reached by http")]
    [InlineData("traefik.enable=true;traefik.http.routers.a.rule=Host(`a.b`);traefik.tcp.routers.a.rule=HostSNI(`*`)", "services.web.labels.traefik.tcp.routers.a.rule", "Only HTTP")]
    [InlineData("traefik.enable=true;traefik.http.routers.a.rule=Host(`a.b`);traefik.http.router.a.rule=Host(`a.b`)", "services.web.labels.traefik.http.router.a.rule", "no label Traefik knows")]
    [InlineData("traefik.enable=true;traefik.http.routers.a.rule=Host(`a.b`);traefik.http.routers.b.rule=Host(`a.b`)", "services.web.labels", "Two routers claim a.b")]
    [InlineData("traefik.enable=true;traefik.http.routers.a.rule=Host(`a.b`);traefik.http.services.x.loadbalancer.server.port=1;traefik.http.services.y.loadbalancer.server.port=2", "services.web.labels.traefik.http.routers.a.service", "declares several: x, y")]
    public void Of_FaultyLabels_NamesTheLabelAndTheRemedy(string labels, string field, string problem)
    {
        var fault = Read(("web", labels.Split(';'))).Faults.ShouldHaveSingleItem();

        fault.Field.ShouldBe(field);
        fault.Problem.ShouldContain(problem);
    }

    [Fact]
    public void WithPorts_Unlabelled_TakesTheOnlyExposedOne()
    {
        var routes = Read(("web", ["traefik.enable=true", "traefik.http.routers.a.rule=Host(`a.b`)"]));

        routes.WithPorts(_ => [8080]).Routes.ShouldHaveSingleItem().Port.ShouldBe(8080);
        routes.WithPorts(_ => []).Faults.ShouldHaveSingleItem().Problem.ShouldBe("The port is not known: the image exposes none. Add traefik.http.services.web.loadbalancer.server.port.");
        routes.WithPorts(_ => [80, 443]).Faults.ShouldHaveSingleItem().Problem.ShouldContain("the image exposes 80, 443");
    }

    [Fact]
    public void Conflicts_AddressOfAnotherApp_NamesIt() => Read(("web", ["traefik.enable=true", "traefik.http.routers.a.rule=Host(`a.b`) && PathPrefix(`/x`)"]))
        .Conflicts(address => address == "a.b/x" ? "notes" : null).ShouldHaveSingleItem().Problem.ShouldStartWith("a.b/x is already served by the app notes.");

    private static AppRoutes Read(params (string Service, string[] Labels)[] services) => AppRoutes.Of(new ComposeModel([.. services.Select(service => new ComposeService(
        service.Service, "image", service.Labels.Select(label => label.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]), [], HasHealthCheck: true))]));
}
