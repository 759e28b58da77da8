using Mambo.Contracts.Deployments;
using Mambo.TestEnvironment;

namespace Mambo.Deployer.Tests.Rollout;

/// <summary>An app of several services: what is changed moves in its own way, what is not stays.</summary>
[Trait("Needs", "Docker")]
public sealed class PlanCarriedOutTests : IAsyncLifetime
{
    private readonly DeployerHost _deployer = new();

    public Task InitializeAsync() => _deployer.StartAsync();

    public Task DisposeAsync() => _deployer.DisposeAsync().AsTask();

    [Fact]
    public async Task Deploy_OneServiceChanges_TheOthersGoOnUntouched()
    {
        await _deployer.DeployedAsync("shop", App(web: "one"));
        var (web, db) = (await ContainerAsync("web"), await ContainerAsync("db"));

        await _deployer.DeployedAsync("shop", App(web: "two"));

        (await ContainerAsync("db")).ShouldBe(db);
        (await ContainerAsync("web")).ShouldNotBe(web);
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "two"));

        // What owns data is recreated, and its data is still there.
        await DockerCommand.RunAsync("exec", await ContainerAsync("db"), "sh", "-c", "echo kept > /data/file");
        web = await ContainerAsync("web");
        await _deployer.DeployedAsync("shop", App(web: "two", db: "B"));
        (await ContainerAsync("web")).ShouldBe(web);
        (await ContainerAsync("db")).ShouldNotBe(db);
        (await DockerCommand.RunAsync("exec", await ContainerAsync("db"), "cat", "/data/file")).ShouldBe("kept");
    }

    [Fact]
    public async Task Deploy_Jobs_RunBeforeTheReleaseWhenSomethingOfTheirsChanged()
    {
        await _deployer.DeployedAsync("shop", App(web: "one", job: "echo ran >> /data/jobs"));
        (await RunsAsync()).ShouldBe(1);

        await _deployer.DeployedAsync("shop", App(web: "two", job: "echo ran >> /data/jobs"));
        (await RunsAsync()).ShouldBe(2);

        await _deployer.DeployedAsync("shop", App(web: "two", job: "echo ran >> /data/jobs"));
        (await RunsAsync()).ShouldBe(2);

        var failed = (await _deployer.DeployAsync("shop", App(web: "three", job: "echo no such column; exit 7"))).ShouldBeFailed(DeploymentFailureReason.JobFailed);
        (failed.Step, failed.ExitCode, failed.ServingRelease).ShouldBe(("job", 7, 3));
        failed.Output.ShouldContain(line => line.EndsWith("| no such column", StringComparison.Ordinal));
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "two"));
        (await DockerCommand.RunAsync("ps", "-aq", "--filter", $"name={_deployer.ProjectOf("shop")}-migrate-release")).ShouldBeEmpty();

        async Task<int> RunsAsync() => (await DockerCommand.RunAsync("exec", await ContainerAsync("db"), "cat", "/data/jobs")).Split('\n').Length;
    }

    [Fact]
    public async Task Deploy_ServiceTakenOut_ItsContainerGoes()
    {
        await _deployer.DeployedAsync("shop", App(web: "one"));

        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "alone"));

        (await DockerCommand.ContainersOfAsync(_deployer.ProjectOf("shop"))).Count.ShouldBe(1);
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "alone"));
    }

    [Fact]
    public async Task Deploy_RecreatedServiceFails_TheFormerOneIsBack()
    {
        await _deployer.DeployedAsync("shop", App(web: "one"));

        (await _deployer.DeployAsync("shop", App(web: "two", db: "B", dbCommand: "exit 4"))).ShouldBeFailed(DeploymentFailureReason.StartFailed).ServingRelease.ShouldBe(1);

        (await DockerCommand.RunAsync("exec", await ContainerAsync("db"), "sh", "-c", "echo $VERSION")).ShouldBe("A");
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
    }

    private Task<string> ContainerAsync(string service) => DockerCommand.RunAsync(
        "ps", "-q", "--no-trunc", "--filter", $"label=com.docker.compose.project={_deployer.ProjectOf("shop")}", "--filter", $"label=com.docker.compose.service={service}");

    private static Bundle App(string web, string db = "A", string? job = null, string dbCommand = "sleep 1000") => Bundle.Of(
        ("compose.yml",
            $$"""
            services:
              web:
                image: mambo-web:local
                labels:
                  traefik.enable: "true"
                  traefik.http.routers.shop.rule: "Host(`shop.localhost`)"
                volumes: ["./html:/usr/share/nginx/html:ro"]
                depends_on:
                  db: {condition: service_started}
                  migrate: {condition: service_completed_successfully}
                stop_grace_period: 0s
              db:
                image: mambo-web:local
                command: ["sh", "-c", "{{dbCommand}}"]
                environment: ["VERSION={{db}}"]
                volumes: ["data:/data"]
                stop_grace_period: 0s
              migrate:
                image: mambo-web:local
                command: ["sh", "-c", "{{job ?? "true"}}"]
                volumes: ["data:/data"]
                depends_on: [db]
            volumes:
              data:
            """),
        ("html/index.html", web));
}
