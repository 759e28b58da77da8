using Mambo.Deployer.Compose;
using Mambo.Deployer.Traefik;

namespace Mambo.Deployer.Tests.Traefik;

public sealed class LabelTreeTests
{
    private const string Router = "traefik.http.routers.web.rule=Host(`a.b`)";

    [Theory]
    [InlineData("traefik.http.routers.web.rul=x", "routers has no rul. It has entryPoints, middlewares, observability, priority, rule, ruleSyntax, service, tls.")]
    [InlineData("traefik.http.routers.web.priority=high", "\"high\" is no whole number.")]
    [InlineData("traefik.http.routers.web.rule.x=1", "rule is a single value; nothing stands below it.")]
    [InlineData("traefik.http.routers.web.service=back", "\"back\" is not declared. Declared are web; one of a file is named as name@file.")]
    [InlineData("traefik.http.routers.web.service=api@internal", "is Traefik itself")]
    [InlineData("traefik.http.routers.web.middlewares=known@file,zip", "\"zip\" is not declared. The app declares no middlewares.")]
    [InlineData("traefik.http.routers.web.middlewares=zip@", "\"zip@\" is not declared")]
    [InlineData("traefik.http.routers.web.tls=maybe", "\"maybe\" is neither true nor false.")]
    [InlineData("traefik.http.routers.web.tls.domains=a.b", "domains is a list. Write domains[0]")]
    [InlineData("traefik.http.routers.web.tls.domains.main=a.b", "domains is a list. Write domains[0], domains[1] and so on where it has main")]
    [InlineData("traefik.http.routers.web.observability=true", "observability has no value of its own. Below it stand accessLogs, metrics")]
    [InlineData("traefik.http.routers.other.priority=1", "The router other has no rule. Add traefik.http.routers.other.rule=")]
    [InlineData("traefik.http.routers.o@file.rule=Host(`c.d`)", "is no name: @ parts")]
    [InlineData("traefik.http.routers.web=x", "It ends too early. Write traefik.http.routers.<name>.<option>.")]
    [InlineData("traefik.http.router.web.rule=x", "no label Traefik knows")]
    [InlineData("traefik.enabled=true", "no label Traefik knows")]
    [InlineData("traefik.http.routers..rule=x", "two dots in a row")]
    [InlineData("traefik.http.routers.web.[0]=x", "It has [0] without a name before it")]
    [InlineData("traefik.tcp.routers.db.rule=HostSNI(`*`)", "Only HTTP is routed")]
    [InlineData("traefik.udp.services.dns.loadbalancer.server.port=53", "Only HTTP is routed")]
    [InlineData("traefik.tls.stores.default.defaultgeneratedcert.resolver=x", "Apps choose no certificates")]
    [InlineData("traefik.http.middlewares.m.ratelimit.period=soon", "\"soon\" is no time. Write one such as 500ms, 10s or 1m30s.")]
    [InlineData("traefik.http.middlewares.m.compress.encoding=gzip", "compress has no encoding. It has defaultEncoding, encodings")]
    [InlineData("traefik.http.middlewares.m.gzip=true", "middlewares has no gzip")]
    [InlineData("traefik.http.middlewares.m.retry=true", "retry has no value of its own")]
    [InlineData("traefik.http.middlewares.m.compress=false", "The middleware m does nothing")]
    [InlineData("traefik.http.middlewares.m.headers.customrequestheaders=X-A:1", "customRequestHeaders needs a name")]
    [InlineData("traefik.http.middlewares.m.headers.customrequestheaders.X-A.b=1", "customRequestHeaders.X-A is a single value")]
    [InlineData("traefik.http.middlewares.m.errors.statusrewrites.404=none", "\"none\" is no whole number")]
    [InlineData("traefik.http.services.web.loadbalancer.server.port=http", "\"http\" is no whole number")]
    [InlineData("traefik.http.services.web.loadbalancer.server.port=70000", "\"70000\" is no port")]
    [InlineData("traefik.http.services.web.loadbalancer.server.scheme=ftp", "\"ftp\" is no scheme. Write http, https or h2c.")]
    [InlineData("traefik.http.services.web.loadbalancer.server.url=web:80", "is no address")]
    [InlineData("traefik.http.services.web.loadbalancer.servers[0].url=http://a", "loadBalancer has no servers")]
    [InlineData("traefik.http.services.web.loadbalancer.serverstransport=own", "The app declares no serversTransports.")]
    [InlineData("traefik.http.services.web.weighted.services[x].name=web", "services is a list. Write services[0]")]
    public void Of_BadLabel_IsAFaultThatNamesIt(string label, string problem)
    {
        var tree = Labels.Tree($"web:\n{Router}\ntraefik.http.services.web.loadbalancer.passhostheader=true\n{label}");

        var fault = tree.Faults.ShouldHaveSingleItem();
        fault.Field.ShouldBe($"services.web.labels.{label.Split('=')[0]}");
        fault.Problem.ShouldContain(problem);
    }

    [Fact]
    public void Of_SeveralFaults_AreToldAtOnce() => Labels.Tree(
        """
        web:
        traefik.http.routers.web.rule=Host(`a.b`)
        traefik.http.routers.web.priority=x
        traefik.http.middlewares.m.nothing=x
        traefik.tcp.routers.x.rule=HostSNI(`*`)
        """).Faults.Count.ShouldBe(3);

    [Theory]
    [InlineData("services.web.labels.traefik.http.middlewares.m.addprefix.prefix", "The middleware m is addprefix and stripprefix at once", "traefik.http.middlewares.m.addprefix.prefix=/a\ntraefik.http.middlewares.m.stripprefix.prefixes=/b")]
    [InlineData("services.web.labels.traefik.http.services.s.loadbalancer.passhostheader", "The service s is loadBalancer and mirroring at once", "traefik.http.services.s.loadbalancer.passhostheader=true\ntraefik.http.services.s.mirroring.service=s")]
    [InlineData("services.web.labels.traefik.http.routers.web.rule", "Declared are s, t; name one by traefik.http.routers.web.service.", "traefik.http.services.s.loadbalancer.passhostheader=true\ntraefik.http.services.t.loadbalancer.passhostheader=true")]
    [InlineData("services.api.labels.traefik.http.routers.web.rule", "services.web.labels.traefik.http.routers.web.rule says something else", "api:\ntraefik.http.routers.web.rule=Host(`c.d`)\ntraefik.http.routers.web.service=x@file")]
    [InlineData("services.web.labels.traefik.http.services.s.loadbalancer.server.url", "together with port or scheme", "traefik.http.services.s.loadbalancer.server.url=http://a\ntraefik.http.services.s.loadbalancer.server.port=1")]
    [InlineData("services.web.labels.traefik.http.routers.web.rule", "but api declares a service of that name", "api:\ntraefik.http.services.web.loadbalancer.passhostheader=true")]
    public void Of_LabelsThatDoNotGoTogether_IsAFault(string field, string problem, string labels)
    {
        var fault = Labels.Tree($"web:\n{Router}\n{labels}").Faults.ShouldHaveSingleItem();

        fault.Field.ShouldBe(field);
        fault.Problem.ShouldContain(problem);
    }

    [Fact]
    public void Of_ServicesThatAreNotEnabled_AreLeftOut()
    {
        var tree = LabelTree.Of(new ComposeModel([
            Service("off", ("traefik.enable", "false"), ("traefik.http.routers.a.nonsense", "x")),
            Service("silent", ("traefik.http.routers.b.rule", "Host(`a.b`)")),
            Service("wrong", ("traefik.enable", "yes")),
            Service("on", ("Traefik.Enable", "True"), ("traefik.docker.network", "web"), ("com.example.x", "y"))]));

        tree.Sections.Values.ShouldAllBe(section => section.Count == 0);
        tree.Faults.ShouldHaveSingleItem().ToString().ShouldContain("\"yes\" is neither true nor false");
        tree.Idle.ShouldBe(["on: traefik.docker.network"]);
        TraefikDocument.Of("shop", tree, new Dictionary<string, IReadOnlyList<string>>(), []).ShouldBe(TraefikDocument.Empty);
    }

    [Fact]
    public void Of_Backends_SayWhoseContainersAndWhichPort()
    {
        var tree = LabelTree.Of(new ComposeModel([
            Service("web", ("traefik.enable", "true"), ("traefik.http.routers.a.rule", "Host(`a.b`)")) with { Expose = [3000] },
            Service("api", ("traefik.enable", "true"), ("traefik.http.services.both.loadbalancer.server.port", "81")),
            Service("api2", ("traefik.enable", "true"), ("traefik.http.services.both.loadbalancer.server.port", "81"), ("traefik.http.services.both.loadbalancer.server.scheme", "h2c"))]));

        tree.Faults.ShouldBeEmpty();
        (tree.Backends["web"].Services.ShouldHaveSingleItem(), tree.Backends["web"].Port).ShouldBe(("web", 3000));
        tree.Backends["both"].Services.ShouldBe(["api", "api2"]);
        tree.Backends["both"].UrlOf("172.18.0.2", 81).ShouldBe("h2c://172.18.0.2:81");
        tree.Backends["web"].UrlOf("fd00::2", 3000).ShouldBe("http://[fd00::2]:3000");
    }

    private static ComposeService Service(string name, params (string Label, string Value)[] labels) =>
        new(name, "image", labels.ToDictionary(label => label.Label, label => label.Value), [], HasHealthCheck: true);
}
