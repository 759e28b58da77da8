using System.Diagnostics;

using Mambo.Contracts.Deployments;
using Mambo.TestEnvironment;

namespace Mambo.Deployer.Tests.Rollout;

/// <summary>New containers beside old ones: who serves when, what happens to whom is still connected, and the way back.</summary>
[Trait("Needs", "Docker")]
public sealed class ZeroDowntimeTests : IAsyncLifetime
{
    private readonly DeployerHost _deployer = new(("deployer.warm", "10m"), ("deployer.soak", "1s"), ("deployer.drainDeadline", "2s"));

    public Task InitializeAsync() => _deployer.StartAsync();

    public Task DisposeAsync() => _deployer.DisposeAsync().AsTask();

    [Fact]
    public async Task Deploy_UnderRequests_EveryOneIsAnsweredByOneOfTheReleases()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        using var stop = new CancellationTokenSource();
        var answers = AskUntilAsync("shop.localhost", stop.Token);

        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "two"));
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "three"));
        await stop.CancelAsync();

        var all = await answers;
        all.Where(answer => answer.Status != 200).ShouldBeEmpty();
        all.Select(answer => answer.Body).Distinct().ShouldBe(["one", "two", "three"]);
    }

    [Fact]
    public async Task RollBack_ShortlyAfter_WakesTheOldContainerAndTheNewOneGoes()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        var old = await _deployer.ContainerAsync("shop");
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "two"));
        (await DockerCommand.RunAsync("inspect", "--format", "{{.State.Status}}", old)).ShouldBe("paused");
        using var stop = new CancellationTokenSource();
        var answers = AskUntilAsync("shop.localhost", stop.Token);

        var watch = Stopwatch.StartNew();
        var back = (await _deployer.EndAsync(await _deployer.RollBackAsync("shop"))).ShouldBeOfType<DeploymentRolledBack>();

        await stop.CancelAsync();
        (await answers).Where(answer => answer.Status != 200).ShouldBeEmpty();
        (back.FromRelease, back.ToRelease, back.RequestedBy).ShouldBe((2, 1, "ana"));
        back.Seconds.ShouldBeLessThan(watch.Elapsed.TotalSeconds);
        (await _deployer.ContainerAsync("shop")).ShouldBe(old);
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
        var failed = (await _deployer.EndAsync(await _deployer.RollBackAsync("shop"))).ShouldBeFailed(DeploymentFailureReason.Rejected);
        failed.Errors.ShouldHaveSingleItem().ShouldBe(new FieldError("toRelease", "shop has no release before 1 to go back to. Kept are 2."));
    }

    [Fact]
    public async Task RollBack_ToAReleaseWhoseContainersAreGone_MakesThemAgain()
    {
        foreach (var page in (string[])["one", "two", "three"])
            await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", page));

        (await _deployer.EndAsync(await _deployer.RollBackAsync("shop", to: 1))).ShouldBeOfType<DeploymentRolledBack>().ToRelease.ShouldBe(1);

        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
        (await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "four"))).Release.ShouldBe(4);
        (await _deployer.EndAsync(await _deployer.RollBackAsync("shop", to: 9))).ShouldBeFailed(DeploymentFailureReason.Rejected).Errors[0].Problem.ShouldContain("has no release 9");
        (await _deployer.EndAsync(await _deployer.RollBackAsync("shop", to: 4))).ShouldBeFailed(DeploymentFailureReason.Rejected).Errors[0].Problem.ShouldContain("serves release 4 already");
    }

    [Fact]
    public async Task Deploy_SomebodyIsStillConnected_HasTheDrainDeadlineAndIsCutWithTheOldContainer()
    {
        await _deployer.DeployedAsync("ntfy", Ntfy("one"));
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var subscribe = new HttpRequestMessage(HttpMethod.Get, new Uri(_deployer.Edge, "/news/json")) { Headers = { Host = "ntfy.localhost" } };
        using var stream = await client.SendAsync(subscribe, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync());
        (await lines.ReadLineAsync()).ShouldNotBeNull().ShouldContain("\"event\":\"open\"");

        var deploying = _deployer.DeployedAsync("ntfy", Ntfy("two"));
        var open = lines.ReadLineAsync();

        // The stream's own end comes with the old container, which is then gone, not paused: nobody is left hanging.
        (await Task.WhenAny(open, deploying)).ShouldBe(open);
        await deploying;
        await _deployer.ContainerAsync("ntfy");
    }

    [Fact]
    public async Task Deploy_ContainerEndsInSoak_PreviousServesAgain()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        await using var deployer = new DeployerHost(("deployer.soak", "8s"));
        await deployer.StartAsync();
        await deployer.DeployedAsync("shop", Page("one", "httpd -f -p 80 -h /usr/share/nginx/html"));

        var failed = (await deployer.DeployAsync("shop", Page("two", "httpd -p 80 -h /usr/share/nginx/html; sleep 3; echo out of memory; exit 9"))).ShouldBeFailed(DeploymentFailureReason.SoakFailed);

        (failed.Step, failed.ServingRelease).ShouldBe(("soak", 1));
        failed.Message.ShouldContain("ended with code 9");
        failed.Output.ShouldContain(line => line.EndsWith("| out of memory", StringComparison.Ordinal));
        (await deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
        await deployer.ContainerAsync("shop");
    }

    [Fact]
    public async Task Deploy_AnswersWithErrorsInSoak_PreviousServesAgain()
    {
        await using var deployer = new DeployerHost(("deployer.soak", "30s"));
        await deployer.StartAsync();
        await deployer.DeployedAsync("shop", Page("one", "httpd -f -p 80 -h /usr/share/nginx/html"));
        using var stop = new CancellationTokenSource();
        var answers = AskUntilAsync("shop.localhost", stop.Token, deployer);

        // The server goes, the container stays: only requests can tell.
        var failed = (await deployer.DeployAsync("shop", Page("two", "httpd -f -p 80 -h /usr/share/nginx/html & sleep 3; kill $!; sleep 1000"))).ShouldBeFailed(DeploymentFailureReason.SoakFailed);

        await stop.CancelAsync();
        await answers;
        failed.Message.ShouldContain("requests failed");
        (await deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
    }

    private async Task<List<(int Status, string Body)>> AskUntilAsync(string host, CancellationToken cancellationToken, DeployerHost? deployer = null)
    {
        var answers = new List<(int Status, string Body)>();
        while (!cancellationToken.IsCancellationRequested)
        {
            answers.Add(await (deployer ?? _deployer).GetAsync(host));
            await Task.Delay(5, CancellationToken.None);
        }

        return answers;
    }

    private static Bundle Page(string page, string command) => Bundle.Of(
        ("compose.yml",
            $$"""
            services:
              web:
                image: mambo-web:local
                command: ["sh", "-c", "{{command.Replace("$", "$$", StringComparison.Ordinal)}}"]
                labels:
                  traefik.enable: "true"
                  traefik.http.routers.shop.rule: "Host(`shop.localhost`)"
                volumes: ["./html:/usr/share/nginx/html:ro"]
                stop_grace_period: 0s
            """),
        ("html/index.html", page));

    private static Bundle Ntfy(string version) => Bundle.Of(("compose.yml",
        $$"""
        services:
          web:
            image: mambo-test/ntfy:2
            environment: ["VERSION={{version}}"]
            labels:
              traefik.enable: "true"
              traefik.http.routers.ntfy.rule: "Host(`ntfy.localhost`)"
              traefik.http.services.ntfy.loadbalancer.server.port: "80"
              traefik.http.services.ntfy.loadbalancer.healthcheck.path: /v1/health
            stop_grace_period: 1s
        """));
}
