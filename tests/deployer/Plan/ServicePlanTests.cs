using Mambo.Deployer.Compose;
using Mambo.Deployer.Plan;
using Mambo.Deployer.Releases;

namespace Mambo.Deployer.Tests.Plan;

public sealed class ServicePlanTests
{
    private const string Shop =
        """
        {"services":{
          "web":{"image":"web:1","depends_on":{"migrate":{"condition":"service_completed_successfully"},"db":{"condition":"service_healthy"}},"deploy":{"replicas":2}},
          "migrate":{"image":"web:1","restart":"no","depends_on":{"db":{"condition":"service_healthy"}}},
          "db":{"image":"db:1","volumes":[{"type":"volume","source":"data","target":"/data"}]}},
         "networks":{"default":{"name":"p_default"}},"volumes":{"data":{}}}
        """;

    [Fact]
    public void For_FirstDeployment_AddsEverythingInTheOrderOfDependencies()
    {
        var plan = ServicePlan.For(null, Wanted(Shop));

        plan.WholeProject.ShouldBeTrue();
        plan.Services.Select(service => (service.Name, service.Change, service.Replicas))
            .ShouldBe([("db", ServiceChange.Added, 1), ("migrate", ServiceChange.Job, 1), ("web", ServiceChange.Added, 2)]);
    }

    [Fact]
    public void For_NothingChanged_ChangesNothing()
    {
        var plan = ServicePlan.For(Serving(Shop), Wanted(Shop));

        (plan.ChangesNothing, plan.WholeProject).ShouldBe((true, false));
        plan.Services.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("web:1", "web:2", "db Untouched, migrate Job, web Rolled")]
    [InlineData("db:1", "db:2", "db Recreated, migrate Untouched, web Untouched")]
    [InlineData("\"restart\":\"no\"", "\"restart\":\"no\",\"user\":\"7\"", "db Untouched, migrate Job, web Untouched")]
    [InlineData("\"replicas\":2", "\"replicas\":3", "db Untouched, migrate Job, web Rolled")]
    [InlineData("\"data\":{}", "\"data\":{\"driver\":\"x\"}", "db Recreated, migrate Untouched, web Untouched")]
    [InlineData("p_default\"", "p_default\",\"internal\":true", "db Recreated, migrate Job, web Recreated")]
    [InlineData("\"db\":{\"image", "\"cache\":{\"image\":\"c\"},\"db\":{\"image", "cache Added, db Untouched, migrate Untouched, web Untouched")]
    public void For_OneChange_TouchesWhatItConcerns(string from, string to, string expected) =>
        Told(ServicePlan.For(Serving(Shop), Wanted(Shop.Replace(from, to, StringComparison.Ordinal)))).ShouldBe(expected);

    [Theory]
    [InlineData("""{"ports":[{"target":80,"published":"8080","protocol":"tcp"}]}""", "it takes the host's port 8080/tcp")]
    [InlineData("""{"container_name":"shop"}""", "its container has the fixed name shop")]
    [InlineData("""{"networks":{"default":{"ipv4_address":"10.0.0.9"}}}""", "it has a fixed address in the network default")]
    [InlineData("""{"network_mode":"host"}""", "it uses network_mode host")]
    [InlineData("""{"network_mode":"container:x"}""", "it uses network_mode container:x")]
    [InlineData("""{"volumes":[{"type":"volume","source":"data","target":"/data"}]}""", "it keeps data in data")]
    [InlineData("""{"volumes":[{"type":"volume","target":"/anonymous"}]}""", "it keeps data in /anonymous")]
    [InlineData("""{"volumes":[{"type":"bind","source":"/srv/x","target":"/x"}]}""", "it keeps data in /srv/x")]
    [InlineData("""{"labels":{"mambo.rollout":"recreate"}}""", "its label mambo.rollout says so")]
    [InlineData("""{"labels":{"mambo.rollout":"roll"},"container_name":"shop"}""", "its container has the fixed name shop")]
    public void For_ServiceThatCannotRunTwice_IsRecreatedAndSaysWhy(string service, string why)
    {
        var planned = ServicePlan.For(Serving(Of("""{"image":"old"}""")), Wanted(Of(service))).Services.ShouldHaveSingleItem();

        planned.Change.ShouldBe(ServiceChange.Recreated);
        planned.Why.ShouldContain(why);
    }

    [Theory]
    [InlineData("""{"ports":[{"target":80,"protocol":"tcp"}]}""")]
    [InlineData("""{"volumes":[{"type":"volume","source":"data","target":"/data","read_only":true}]}""")]
    [InlineData("""{"volumes":[{"type":"bind","source":"/srv/x","target":"/x","read_only":true},{"type":"tmpfs","target":"/tmp"}]}""")]
    [InlineData("""{"volumes":[{"type":"bind","source":"/bundle/conf","target":"/x"}]}""")]
    public void For_ServiceThatCanRunTwice_IsRolled(string service) =>
        ServicePlan.For(Serving(Of("""{"image":"old"}""")), Wanted(Of(service))).Services.ShouldHaveSingleItem().Change.ShouldBe(ServiceChange.Rolled);

    [Fact]
    public void For_LabelRollWithVolumes_IsRolledWithAWarning()
    {
        var plan = ServicePlan.For(Serving(Of("{}")), Wanted(Of("""{"labels":{"mambo.rollout":"roll"},"volumes":[{"type":"volume","source":"data","target":"/data"}]}""")));

        plan.Services.ShouldHaveSingleItem().Change.ShouldBe(ServiceChange.Rolled);
        plan.Warnings.ShouldHaveSingleItem().ShouldContain("two containers write to data at once");
    }

    [Fact]
    public void For_VolumeOfTheImage_KeepsDataUnlessTheFileMountsThere()
    {
        var volumes = new Dictionary<string, IReadOnlyList<string>> { ["web"] = ["/var/lib/postgresql/data"] };

        ServicePlan.For(Serving(Of("{}")), Wanted(Of("""{"image":"pg"}""")) with { ImageVolumes = volumes }).Services[0].Why.ShouldContain("it keeps data in /var/lib/postgresql/data");
        ServicePlan.For(Serving(Of("{}")), Wanted(Of("""{"volumes":[{"type":"tmpfs","target":"/var/lib/postgresql/data/"}]}""")) with { ImageVolumes = volumes })
            .Services[0].Change.ShouldBe(ServiceChange.Rolled);
    }

    [Fact]
    public void For_UnchangedButNotRunning_IsMadeAnew()
    {
        var plan = ServicePlan.For(Serving(Shop) with { Running = new HashSet<string> { "db" } }, Wanted(Shop));

        Told(plan).ShouldBe("db Untouched, migrate Untouched, web Rolled");
        plan.Services[2].Why.ShouldBe("It did not change, but it does not run.");
    }

    [Fact]
    public void For_ServiceInTheNamespacesOfAnother_MovesWithIt()
    {
        const string Side = """{"services":{"a":{"image":"a:1","network_mode":"service:web"},"web":{"image":"web:1"}}}""";

        Told(ServicePlan.For(Serving(Side), Wanted(Side.Replace("web:1", "web:2", StringComparison.Ordinal)))).ShouldBe("web Recreated, a Recreated");
        Told(ServicePlan.For(Serving(Side), Wanted(Side.Replace("a:1", "a:2", StringComparison.Ordinal)))).ShouldBe("web Untouched, a Recreated");
    }

    [Fact]
    public void For_LabelledJob_RunsWhenAnythingOfTheAppChanged()
    {
        const string App = """{"services":{"job":{"image":"j:1","labels":{"mambo.job":"pre-deploy"}},"web":{"image":"web:1"}}}""";

        Told(ServicePlan.For(Serving(App), Wanted(App))).ShouldBe("job Untouched, web Untouched");
        Told(ServicePlan.For(Serving(App), Wanted(App.Replace("web:1", "web:2", StringComparison.Ordinal)))).ShouldBe("job Job, web Rolled");
    }

    [Fact]
    public void For_ServiceThatIsGone_IsRemovedLast() => Told(ServicePlan.For(
        Serving("""{"services":{"a":{"image":"a"},"web":{"image":"w"}}}"""), Wanted("""{"services":{"web":{"image":"w"}}}"""))).ShouldBe("web Untouched, a Removed");

    [Fact]
    public void For_RowWithoutDigests_MakesEverythingAnew()
    {
        var old = new ServingRelease(new ReleaseContent { Services = ["db", "web"] }, new HashSet<string> { "db", "web" });

        var plan = ServicePlan.For(old, Wanted(Shop));

        Told(plan).ShouldBe("db Recreated, migrate Job, web Recreated");
        (plan.WholeProject, plan.Services[0].Why).ShouldBe((true, "What the release before was made of is not known, so everything is made anew."));
    }

    private static string Told(DeploymentPlan plan) => string.Join(", ", plan.Services.Select(service => $"{service.Name} {service.Change}"));

    private static string Of(string service) => """{"services":{"web":SERVICE}}""".Replace("SERVICE", service, StringComparison.Ordinal);

    private static ServingRelease Serving(string json)
    {
        var wanted = Wanted(json);
        return new ServingRelease(wanted.Content, wanted.Content.Services.ToHashSet());
    }

    private static WantedRelease Wanted(string json)
    {
        var model = ComposeModel.Parse(json);
        return new WantedRelease(
            new ReleaseContent
            {
                Services = [.. model.Services.Select(service => service.Name)],
                ServiceDigests = ServiceDigest.Of(model, "/bundle", new Dictionary<string, string>()),
                Frame = ServiceDigest.FrameOf(model),
            },
            model,
            "/bundle");
    }
}
