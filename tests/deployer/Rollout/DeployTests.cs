using Mambo.Contracts.Deployments;
using Mambo.TestEnvironment;

namespace Mambo.Deployer.Tests.Rollout;

/// <summary>What a deployment does to the engine and to those who ask by the edge.</summary>
[Trait("Needs", "Docker")]
public sealed class DeployTests : IAsyncLifetime
{
    private readonly DeployerHost _deployer = new();

    public Task InitializeAsync() => _deployer.StartAsync();

    public Task DisposeAsync() => _deployer.DisposeAsync().AsTask();

    [Fact]
    public async Task Deploy_FirstThenUpdateThenTheSameAgain_ServesEachAndRecreatesNothingUnchanged()
    {
        var id = await _deployer.SendAsync("shop", Bundle.WebApp("shop", "one"));
        var first = (await _deployer.EndAsync(id)).ShouldBeDeployed();
        first.ShouldSatisfyAllConditions(
            () => first.Release.ShouldBe(1),
            () => first.Urls.ShouldBe([new Uri($"http://shop.localhost:{_deployer.Edge.Port}/")]),
            () => first.Images.ShouldBe(new Dictionary<string, string> { ["web"] = "mambo-web:local" }),
            () => first.Warnings.ShouldBeEmpty(),
            () => first.RequestedBy.ShouldBe("rabbitmq"),
            () => first.Seconds.ShouldBeInRange(0.1, 60));
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
        _deployer.Told(id).Select(told => told.GetType().Name).ShouldBe(
            [nameof(DeploymentAccepted), .. Enumerable.Repeat(nameof(DeploymentStepCompleted), 9), nameof(AppDeployed)]);

        (await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "two"))).Release.ShouldBe(2);
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "two"));

        var container = await _deployer.ContainerAsync("shop");
        (await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "two"))).Release.ShouldBe(3);
        (await _deployer.ContainerAsync("shop")).ShouldBe(container);
    }

    [Fact]
    public async Task Deploy_Unhealthy_PreviousServesAndTheFailureSaysWhy()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "good"));

        var failed = (await _deployer.DeployAsync("shop", Bundle.WebApp("shop", "bad", healthy: false))).ShouldBeFailed(DeploymentFailureReason.Unhealthy);

        failed.Step.ShouldBe("start");
        failed.ServingRelease.ShouldBe(1);
        failed.Message.ShouldContain("shop-web-2 is unhealthy");
        failed.Output.ShouldContain(line => line.Contains("health check | ") && line.Contains("404"));
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "good"));
        (await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "better"))).Release.ShouldBe(3);
    }

    [Fact]
    public async Task Deploy_FirstIsUnhealthy_NothingIsLeft()
    {
        var failed = (await _deployer.DeployAsync("shop", Bundle.WebApp("shop", "bad", healthy: false))).ShouldBeFailed(DeploymentFailureReason.Unhealthy);

        failed.ServingRelease.ShouldBeNull();
        (await DockerCommand.ContainersOfAsync(_deployer.ProjectOf("shop"))).ShouldBeEmpty();
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((404, "no app answers here"));
    }

    [Fact]
    public async Task Deploy_CrashLoop_EndsStartFailedWithItsLastLines()
    {
        var failed = (await _deployer.DeployAsync("loop", Apps.Of("loop", """command: ["sh", "-c", "echo no database; exit 3"]""", "restart: always")))
            .ShouldBeFailed(DeploymentFailureReason.StartFailed);

        failed.Step.ShouldBeOneOf("start", "gate");
        failed.Output.ShouldContain(line => line.EndsWith("loop-web-1 | no database", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deploy_EndsAtOnce_IsStartFailedWithItsCode()
    {
        var failed = (await _deployer.DeployAsync("once", Apps.Of("once", """command: ["sh", "-c", "echo no database; exit 3"]""")))
            .ShouldBeFailed(DeploymentFailureReason.StartFailed);

        failed.Message.ShouldContain("ended with code 3");
        failed.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Deploy_NothingListensOnThePort_GateFailsUnhealthy()
    {
        var failed = (await _deployer.DeployAsync("deaf", Apps.Of("deaf", """command: ["sleep", "1000"]"""))).ShouldBeFailed(DeploymentFailureReason.Unhealthy);

        failed.Step.ShouldBe("gate");
        failed.Message.ShouldContain("does not answer at http://");
    }

    [Fact]
    public async Task Deploy_ImageMissing_IsImageUnavailableAndPreviousServes()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "good"));

        var failed = (await _deployer.DeployAsync("shop", Bundle.WebApp("shop", "next", image: "127.0.0.1:9/none/such:1"))).ShouldBeFailed(DeploymentFailureReason.ImageUnavailable);

        failed.Step.ShouldBe("pull");
        failed.Message.ShouldContain("127.0.0.1:9/none/such:1");
        failed.ExitCode.ShouldNotBe(0);
        failed.Output.ShouldNotBeEmpty();
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "good"));
    }

    [Fact]
    public async Task Deploy_ImagesOnly_KeepsTheBundleAndTheImagesOfOtherServices()
    {
        try
        {
            await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
            await DockerCommand.RunAsync("commit", "--change", "LABEL version=2", await _deployer.ContainerAsync("shop"), "mambo-deployer-test:2");

            var next = (await _deployer.EndAsync(await _deployer.SendAsync(new DeployApp { App = "shop", Images = new Dictionary<string, string> { ["web"] = "mambo-deployer-test:2" } }))).ShouldBeDeployed();

            next.Images["web"].ShouldBe("mambo-deployer-test:2");
            (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
            (await DockerCommand.RunAsync("inspect", "--format", "{{.Config.Image}}", await _deployer.ContainerAsync("shop"))).ShouldBe("mambo-deployer-test:2");

            // A third that names no service of the app says which there are, and touches nothing.
            var wrong = (await _deployer.EndAsync(await _deployer.SendAsync(new DeployApp { App = "shop", Images = new Dictionary<string, string> { ["wbe"] = "mambo-web:local" } })))
                .ShouldBeFailed(DeploymentFailureReason.Rejected);
            wrong.Errors.ShouldHaveSingleItem().ShouldBe(new FieldError("images.wbe", "The compose file has no service wbe. It has web."));
        }
        finally
        {
            await DockerCommand.RunAsync("rmi", "-f", "mambo-deployer-test:2");
        }
    }

    [Fact]
    public async Task Deploy_Worker_NeedsNoRouteAndIsCalledUnproven()
    {
        var deployed = await _deployer.DeployedAsync("worker", Bundle.Of(("compose.yml", "services:\n  job:\n    image: mambo-web:local\n    stop_grace_period: 0s\n    environment: [\"X=$NOT_SET\"]\n")));

        deployed.Urls.ShouldBeEmpty();
        deployed.Warnings.ShouldContain("job has no health check: this release is unproven");
        deployed.Warnings.ShouldContain(warning => warning.Contains("NOT_SET"));
    }

    [Theory]
    [InlineData("services: [", "compose.yml", "It is not valid YAML, line 2")]
    [InlineData("services:\n  web: {image: mambo-web:local, prots: [80]}\n", "compose.yml", "Compose does not take it")]
    [InlineData("services:\n  web:\n    build: .\n", "services.web.image", "Nothing is built on this host")]
    [InlineData("services:\n  web:\n    image: mambo-web:local\n    labels: {traefik.enable: 'true'}\n", "services.web.labels.traefik.enable", "label without router rule")]
    [InlineData("services: {}\n", "services", "The compose file has none")]
    public async Task Deploy_ComposeInvalid_IsRejectedAndNothingRuns(string compose, string field, string problem)
    {
        var failed = (await _deployer.DeployAsync("shop", Bundle.Of(("compose.yml", compose)))).ShouldBeFailed(DeploymentFailureReason.Rejected);

        failed.Step.ShouldBe("unpack");
        failed.Errors[0].Field.ShouldBe(field);
        failed.Errors[0].Problem.ShouldContain(problem);
        (await DockerCommand.ContainersOfAsync(_deployer.ProjectOf("shop"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Deploy_BundleNotStored_SaysToUploadIt()
    {
        var failed = (await _deployer.EndAsync(await _deployer.SendAsync(new DeployApp { App = "shop", Bundle = $"sha256:{new string('a', 64)}" }))).ShouldBeFailed(DeploymentFailureReason.Rejected);

        failed.Errors.ShouldHaveSingleItem().Problem.ShouldContain("Upload it first");
    }

    [Fact]
    public async Task Deploy_HostOfAnotherApp_IsRejectedNamingIt()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));

        var failed = (await _deployer.DeployAsync("thief", Bundle.WebApp("shop", "mine"))).ShouldBeFailed(DeploymentFailureReason.Rejected);

        failed.Errors.ShouldHaveSingleItem().Problem.ShouldBe("shop.localhost is already served by the app shop. Give this app another host or path.");
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
    }
}
