using Mambo.ServiceDefaults.Configuration;

namespace Mambo.ServiceDefaults.Tests.Configuration;

public class ConfigurationLoaderTests
{
    [Fact]
    public void Load_NothingGiven_DefaultsAndNoFault()
    {
        var loaded = ConfigurationLoader.Load(null, new Dictionary<string, string>(), []);

        loaded.Faults.ShouldBeEmpty();
        loaded.Options.Api.Listen.ShouldBe("127.0.0.1:7400");
        loaded.Options.Bus.Transport.ShouldBeNull();
    }

    [Fact]
    public void Load_EveryKindOfValue_IsTyped()
    {
        var options = Options("""
            # a comment
            platform:
              name: shop   # another
              host: "web-1"
            bus: { transport: inMemory, port: 5673 }
            api:
              maxBundleBytes: 10MB
            edge:
              publicPort: 80
            deployer:
              pullDeadline: 1h30m
              maxUnpackedBytes: 512MiB
            alerts:
              server: https://ntfy.example.org
              topic: '2024'
            telemetry:
            """);

        options.Platform.Name.ShouldBe("shop");
        options.Platform.Host.ShouldBe("web-1");
        options.Bus.Transport.ShouldBe(BusTransport.InMemory);
        options.Bus.Port.ShouldBe(5673);
        options.Api.MaxBundleBytes.ShouldBe(10_000_000);
        options.Edge.PublicPort.ShouldBe(80);
        options.Deployer.PullDeadline.ShouldBe(TimeSpan.FromMinutes(90));
        options.Deployer.MaxUnpackedBytes.ShouldBe(512L * 1024 * 1024);
        options.Alerts.Server.ShouldBe(new Uri("https://ntfy.example.org"));
        options.Alerts.Topic.ShouldBe("2024");
    }

    [Fact]
    public void Load_EntriesByName_AreTypedAndTheirDefaultsStand()
    {
        var ci = Options("""
            ci:
              audience: https://mambo.example.org
              apps:
                shop:
                  provider: github
                  repositoryId: 74
                  ownerId: 65
                  refs: [refs/heads/main, "refs/tags/v*"]
                  environment: production
                notes: { provider: gitlab, repositoryId: 20, ownerId: 72, events: "push, schedule", runner: any }
            """).Ci;

        ci.Apps.Keys.Order().ShouldBe(["notes", "shop"]);
        var (shop, notes) = (ci.Apps["shop"], ci.Apps["notes"]);
        (shop.Provider, shop.RepositoryId, shop.OwnerId, shop.Environment, shop.Runner).ShouldBe((CiProvider.Github, 74, 65, "production", CiRunner.Hosted));
        shop.Refs.ShouldBe(["refs/heads/main", "refs/tags/v*"]);
        shop.Events.ShouldBeNull();
        (notes.Provider, notes.Runner).ShouldBe((CiProvider.Gitlab, CiRunner.Any));
        notes.Refs.ShouldBe(["refs/heads/main"]);
        notes.Events.ShouldBe(["push", "schedule"]);
    }

    [Fact]
    public void Load_FaultyEntries_EveryFaultAtOnce()
    {
        Faults("""
            ci:
              app: {}
              apps:
                Shop: { provider: github }
                shop:
                  provider: jenkins
                  repositoryID: 74
                  ownerId: you
                notes:
                cafe: github
            """).ShouldBe(
        [
            "ci.app (mambo.yml, line 2): there is no such key. Did you mean ci.apps?",
            "ci.apps.Shop (mambo.yml, line 4): its name is no app name. Write 1 to 40 lower-case letters, digits or single hyphens, beginning with a letter.",
            "ci.apps.shop.repositoryID (mambo.yml, line 7): there is no such key. Did you mean ci.apps.shop.repositoryId?",
            "ci.apps.shop.repositoryId (mambo.yml, line 5): it is missing. Write a whole number such as 5.",
            "ci.apps.notes.provider (mambo.yml, line 9): it is missing. Write github or gitlab.",
            "ci.apps.notes.repositoryId (mambo.yml, line 9): it is missing. Write a whole number such as 5.",
            "ci.apps.notes.ownerId (mambo.yml, line 9): it is missing. Write a whole number such as 5.",
            "ci.apps.cafe (mambo.yml, line 10): it must be keys and values. Write below it, indented: provider, repositoryId, ownerId, refs, environment, workflow, events, runner.",
            "ci.apps.shop.provider (mambo.yml, line 6): \"jenkins\" is not one of its values. Write github or gitlab.",
            "ci.apps.shop.ownerId (mambo.yml, line 8): \"you\" is not a whole number. Write a whole number such as 5.",
        ]);
    }

    [Theory]
    [InlineData("platfrom:\n  name: a", "platfrom (mambo.yml, line 1): there is no such section. Did you mean platform?")]
    [InlineData("zebra: 1", "zebra (mambo.yml, line 1): there is no such section. The sections are platform, bus, api, edge, traefik, deployer, ci, alerts, health, telemetry.")]
    [InlineData("api:\n  lsiten: a", "api.lsiten (mambo.yml, line 2): there is no such key. Did you mean api.listen?")]
    [InlineData("api:\n  Listen: 127.0.0.1:1", "api.Listen (mambo.yml, line 2): there is no such key. Did you mean api.listen?")]
    [InlineData("api:\n  topic: a", "api.topic (mambo.yml, line 2): there is no such key. Did you mean alerts.topic?")]
    [InlineData("platform: shop", "platform (mambo.yml, line 1): it is a section, not a value. Write its keys below it, indented: name, host, domain.")]
    [InlineData("platform:\n  name: [a]", "platform.name (mambo.yml, line 2): it must be a single value. Write a text.")]
    [InlineData("- a", "mambo.yml (line 1): it must be one document of sections. Write for example \"platform:\" and below it, indented, \"name: mambo\".")]
    [InlineData("bus:\n\n  port: http", "bus.port (mambo.yml, line 3): \"http\" is not a whole number. Write a whole number such as 5, or leave it out for the default, 5672.")]
    [InlineData("bus:\n  port: 0", "bus.port (mambo.yml, line 2): it must be between 1 and 65535. Write a whole number such as 5, or leave it out for the default, 5672.")]
    [InlineData("bus:\n  host: ''", "bus.host (mambo.yml, line 2): it must not be empty. Write a text, or leave it out for the default, 127.0.0.1.")]
    [InlineData("bus:\n  transport: kafka", "bus.transport (mambo.yml, line 2): \"kafka\" is not one of its values. Write inMemory or rabbitMq, or leave it out.")]
    [InlineData("api:\n  listen: '7400'", "api.listen (mambo.yml, line 2): it must be an address and port such as 127.0.0.1:7400. Write a text, or leave it out for the default, 127.0.0.1:7400.")]
    [InlineData("api:\n  maxBundleBytes: much", "api.maxBundleBytes (mambo.yml, line 2): \"much\" is not an amount of data. Write bytes or a size such as 100MiB, or leave it out for the default, 100MiB.")]
    [InlineData("api:\n  maxBundleBytes: 11GiB", "api.maxBundleBytes (mambo.yml, line 2): it must be between 1 and 10GiB. Write bytes or a size such as 100MiB, or leave it out for the default, 100MiB.")]
    [InlineData("deployer:\n  pullDeadline: 600", "deployer.pullDeadline (mambo.yml, line 2): \"600\" is not a time. Write a number and a unit, such as 90s, 10m, 2h or 3d, up to 49d, or leave it out for the default, 10m.")]
    [InlineData("telemetry:\n  logs: loki:3100", "telemetry.logs (mambo.yml, line 2): \"loki:3100\" is not an http or https address. Write a whole address such as https://example.org, or leave it out.")]
    [InlineData("alerts:\n  topic: my topic", "alerts.topic (mambo.yml, line 2): it must be 1 to 64 letters, digits, hyphens or underscores. Write a text, or leave it out.")]
    public void Load_OneFault_SaysWhereWhatAndTheRemedy(string yaml, string expected) => Faults(yaml).ShouldBe([expected]);

    [Fact]
    public void Load_UserAndPasswordInAddress_IsRefusedWithoutRepeatingThem()
    {
        var fault = Faults("telemetry:\n  logs: http://me:hunter2@loki:3100/otlp").ShouldHaveSingleItem();

        fault.ShouldContain("a user or password in an address would end up in logs");
        fault.ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("a: [", "line 1")]
    [InlineData("api:\n  listen: a\n  listen: b", "line 3")]
    [InlineData("api:\n\tlisten: a", "line 2")]
    public void Load_InvalidYaml_NamesTheLine(string yaml, string line)
    {
        var fault = Faults(yaml).ShouldHaveSingleItem();

        fault.ShouldStartWith($"mambo.yml ({line}): it is not valid YAML: ");
    }

    [Fact]
    public void Load_ManyFaults_ReportsAllAndKeepsDefaultsUsable()
    {
        var loaded = ConfigurationLoader.Load(
            "platfrom:\n  name: a\napi:\n  listen: nowhere\n  requestsPerMinute: many",
            new Dictionary<string, string> { ["MAMBO_EDGE__LISTEN"] = "x", ["MAMBO_DEPLOYER__PARALEL"] = "2" },
            ["api.requestsPerMinute"]);

        loaded.Faults.Select(fault => fault.Key).ShouldBe(
            ["platfrom", "MAMBO_DEPLOYER__PARALEL", "api.requestsPerMinute", "api.listen", "api.requestsPerMinute", "edge.listen"], ignoreOrder: true);
        loaded.Options.Api.Listen.ShouldBe("127.0.0.1:7400");
        loaded.Options.Edge.Listen.ShouldBe("127.0.0.1:7480");
    }

    [Fact]
    public void Load_SameKeyInFileEnvironmentAndArguments_LastWins()
    {
        const string Yaml = "api:\n  listen: 127.0.0.1:1\n  requestsPerMinute: 1\n  maxBundleBytes: 1";
        var environment = new Dictionary<string, string> { ["MAMBO_API__LISTEN"] = "127.0.0.1:2", ["mambo_api__requests_per_minute"] = "2", ["MAMBO_API__MAXBUNDLEBYTES"] = "" };

        var loaded = ConfigurationLoader.Load(Yaml, environment, ["api.listen=127.0.0.1:3"]);

        loaded.Faults.ShouldBeEmpty();
        loaded.Options.Api.Listen.ShouldBe("127.0.0.1:3");
        loaded.Options.Api.RequestsPerMinute.ShouldBe(2);
        loaded.Options.Api.MaxBundleBytes.ShouldBe(1);
    }

    [Fact]
    public void Load_UnknownVariable_IsNamedWithTheOneMeant()
    {
        var loaded = ConfigurationLoader.Load(null, new Dictionary<string, string> { ["MAMBO_API__LISTN"] = "a", ["MAMBO_HOME"] = "/x", ["OTHER__THING"] = "b" }, []);

        loaded.Faults.ShouldHaveSingleItem().ToString().ShouldBe("MAMBO_API__LISTN (environment): there is no such setting. Did you mean MAMBO_API__LISTEN?");
    }

    private static MamboOptions Options(string yaml)
    {
        var loaded = ConfigurationLoader.Load(yaml, new Dictionary<string, string>(), []);
        loaded.Faults.ShouldBeEmpty();
        return loaded.Options;
    }

    private static List<string> Faults(string yaml) =>
        [.. ConfigurationLoader.Load(yaml, new Dictionary<string, string>(), []).Faults.Select(fault => fault.ToString())];
}
