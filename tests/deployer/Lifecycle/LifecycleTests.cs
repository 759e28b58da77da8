using Mambo.Contracts.Deployments;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Recovery;
using Mambo.TestEnvironment;

using Microsoft.Extensions.DependencyInjection;

namespace Mambo.Deployer.Tests.Lifecycle;

[Trait("Needs", "Docker")]
public sealed class LifecycleTests : IAsyncLifetime
{
    /// <summary>A web page beside a service that keeps data.</summary>
    private static readonly Bundle WithData = Bundle.Of(("compose.yml",
        """
        services:
          web:
            image: mambo-web:local
            labels:
              traefik.enable: "true"
              traefik.http.routers.shop.rule: "Host(`shop.localhost`)"
            volumes: ["./html:/usr/share/nginx/html:ro"]
            stop_grace_period: 0s
          db:
            image: mambo-web:local
            restart: always
            volumes: ["data:/usr/share/nginx/html"]
            stop_grace_period: 0s
        volumes:
          data: {}
        """), ("html/index.html", "one"));

    private readonly DeployerHost _deployer = new();

    public Task InitializeAsync() => _deployer.StartAsync();

    public Task DisposeAsync() => _deployer.DisposeAsync().AsTask();

    [Fact]
    public async Task Stop_App_IsToldByTheEdgeAlsoAfterARestartUntilItIsStarted()
    {
        await _deployer.DeployedAsync("shop", WithData);
        var containers = await DockerCommand.ContainersOfAsync(_deployer.ProjectOf("shop"));

        var stopped = (await _deployer.EndAsync(new StopApp { App = "shop" })).ShouldBeOfType<AppStopped>();

        (stopped.Release, stopped.RequestedBy).ShouldBe((1, "ana"));
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((503, "the app is stopped"));
        (await RunningAsync()).ShouldBeEmpty();

        // As after a restart of the machine: the engine starts what has "restart: always" by itself.
        await _deployer.StopAsync();
        await DockerCommand.RunAsync(["start", .. containers]);
        await _deployer.StartAsync();
        await _deployer.Services.GetRequiredService<ReleaseRecovery>().SettledAsync("shop", default);
        (await RunningAsync()).ShouldBeEmpty();
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((503, "the app is stopped"));

        var started = (await _deployer.EndAsync(new StartApp { App = "shop" })).ShouldBeOfType<AppStarted>();

        started.Release.ShouldBe(1);
        started.Urls.ShouldHaveSingleItem().Host.ShouldBe("shop.localhost");
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
        (await RunningAsync()).ShouldBe(containers, ignoreOrder: true);
        await RestartPlatformAsync();
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
    }

    [Fact]
    public async Task Deploy_OfAStoppedApp_StartsIt_AndOneThatFailsLeavesItStopped()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        await _deployer.EndAsync(new StopApp { App = "shop" });

        (await _deployer.DeployAsync("shop", Bundle.WebApp("shop", "bad", healthy: false))).ShouldBeFailed(DeploymentFailureReason.Unhealthy).ServingRelease.ShouldBeNull();
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((503, "the app is stopped"));
        (await RunningAsync()).ShouldBeEmpty();

        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "two"));
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "two"));
        await RestartPlatformAsync();
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "two"));
    }

    [Fact]
    public async Task Restart_UnderRequests_RollsWhatCanBeAndRecreatesWhatOwnsData()
    {
        await _deployer.DeployedAsync("shop", WithData);
        var before = await DockerCommand.ContainersOfAsync(_deployer.ProjectOf("shop"));
        using var stop = new CancellationTokenSource();
        var answers = AskUntilAsync(stop.Token);

        var restarted = (await _deployer.EndAsync(new RestartApp { App = "shop" })).ShouldBeOfType<AppRestarted>();

        await stop.CancelAsync();
        (await answers).Where(answer => answer != (200, "one")).ShouldBeEmpty();
        restarted.Release.ShouldBe(1);
        var after = await RunningAsync();
        (after.Count, after.Intersect(before).Count()).ShouldBe((2, 0));
        (await DockerCommand.ContainersOfAsync(_deployer.ProjectOf("shop"))).Count.ShouldBe(2);

        // The files its containers see outlive the releases that are kept.
        (await _deployer.EndAsync(new RestartApp { App = "shop" })).ShouldBeOfType<AppRestarted>();
        await RestartPlatformAsync();
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
        (await RunningAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Restart_NewContainersDoNotComeUp_OldOnesGoOn()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        var old = await _deployer.ContainerAsync("shop");
        var page = Directory.EnumerateFiles(Path.Combine(_deployer.Home, "apps", "shop", "bundles"), "index.html", SearchOption.AllDirectories).Single();
        File.Move(page, page + ".gone");

        var failed = (await _deployer.EndAsync(new RestartApp { App = "shop" })).ShouldBeFailed(DeploymentFailureReason.Unhealthy);

        (failed.Kind, failed.ServingRelease).ShouldBe((DeploymentKind.Restart, 1));
        File.Move(page + ".gone", page);
        (await _deployer.ContainerAsync("shop")).ShouldBe(old);
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
        // What compose would make of the release is again what runs.
        await _deployer.EndAsync(new StopApp { App = "shop" });
        (await _deployer.EndAsync(new StartApp { App = "shop" })).ShouldBeOfType<AppStarted>();
        (await _deployer.ContainerAsync("shop")).ShouldBe(old);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Remove_App_LeavesNothingButItsVolumesUnlessAskedFor(bool volumes)
    {
        await _deployer.DeployedAsync("shop", WithData);
        await _deployer.EndAsync(new StopApp { App = "shop" });
        try
        {
            var removed = (await _deployer.EndAsync(new RemoveApp { App = "shop", Volumes = volumes })).ShouldBeOfType<AppRemoved>();

            (removed.Release, removed.Volumes, removed.Warnings.Count).ShouldBe((1, volumes, 0));
            (await _deployer.GetAsync("shop.localhost")).ShouldBe((404, "no app answers here"));
            (await DockerCommand.ContainersOfAsync(_deployer.ProjectOf("shop"))).ShouldBeEmpty();
            (await OfProjectAsync("network")).ShouldBeEmpty();
            (await OfProjectAsync("volume")).ShouldBe(volumes ? [] : [$"{_deployer.ProjectOf("shop")}_data"]);
            Directory.Exists(Path.Combine(_deployer.Home, "apps", "shop")).ShouldBeFalse();
            (await _deployer.EndAsync(await _deployer.RollBackAsync("shop"))).ShouldBeFailed(DeploymentFailureReason.Rejected).Errors[0].Problem.ShouldContain("unknown app");

            await RestartPlatformAsync();
            (await _deployer.GetAsync("shop.localhost")).Status.ShouldBe(404);
            (await _deployer.DeployedAsync("shop", WithData)).Release.ShouldBe(2);
        }
        finally
        {
            await _deployer.EndAsync(new RemoveApp { App = "shop", Volumes = true });
        }
    }

    [Fact]
    public async Task Remove_CutOffBeforeItsCommit_IsDoneOnceMore()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        var id = await _deployer.SendAsync(new RemoveApp { App = "shop" });
        await _deployer.InStepAsync(id, "remove");

        await _deployer.RestartAsync();

        (await _deployer.EndAsync(id)).ShouldBeOfType<AppRemoved>();
        _deployer.Told(id).OfType<AppRemoved>().Count().ShouldBe(1);
        (await _deployer.GetAsync("shop.localhost")).Status.ShouldBe(404);
        (await DockerCommand.ContainersOfAsync(_deployer.ProjectOf("shop"))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("start")]
    [InlineData("gate")]
    [InlineData("switch")]
    [InlineData("retire")]
    public async Task Restart_CutOffInAStep_GoesOnAndLeavesOneContainer(string step)
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        var old = await _deployer.ContainerAsync("shop");
        var id = await _deployer.SendAsync(new RestartApp { App = "shop" });
        await _deployer.InStepAsync(id, step);

        await RestartPlatformAsync();

        (await _deployer.EndAsync(id)).ShouldBeOfType<AppRestarted>();
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
        (await _deployer.ContainerAsync("shop")).ShouldNotBe(old);
    }

    [Theory]
    [InlineData("switch")]
    [InlineData("stop")]
    public async Task StopAndStart_CutOffInAStep_AreDoneOnce(string step)
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        var stopping = await _deployer.SendAsync(new StopApp { App = "shop" });
        await _deployer.InStepAsync(stopping, step);
        await RestartPlatformAsync();
        (await _deployer.EndAsync(stopping)).ShouldBeOfType<AppStopped>();
        (await RunningAsync()).ShouldBeEmpty();
        (await _deployer.GetAsync("shop.localhost")).Status.ShouldBe(503);

        var starting = await _deployer.SendAsync(new StartApp { App = "shop" });
        await _deployer.InStepAsync(starting, step == "stop" ? "start" : step);
        await RestartPlatformAsync();
        (await _deployer.EndAsync(starting)).ShouldBeOfType<AppStarted>();
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
    }

    [Fact]
    public async Task Stop_CancelledWhileSomebodyIsConnected_RunsOn()
    {
        await using var deployer = new DeployerHost(("deployer.drainDeadline", "30s"));
        await deployer.StartAsync();
        await deployer.DeployedAsync("shop", Apps.Of("shop", "command: [\"/bin/sh\", \"-c\", \"mkdir -p /w/cgi-bin; printf '#!/bin/sh\\necho; echo one; sleep 1000' > /w/cgi-bin/wait; chmod +x /w/cgi-bin/wait; exec httpd -f -p 80 -h /w\"]"));
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(deployer.Edge, "/cgi-bin/wait")) { Headers = { Host = "shop.localhost" } };
        using var open = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var id = await deployer.SendAsync(new StopApp { App = "shop" });
        await deployer.InStepAsync(id, "drain");
        (await deployer.GetAsync("shop.localhost")).ShouldBe((503, "the app is stopped"));

        await deployer.CancelAsync(id);

        (await deployer.EndAsync(id)).ShouldBeOfType<DeploymentCancelled>().Step.ShouldBe("drain");
        (await deployer.GetAsync("shop.localhost")).Status.ShouldBe(404);
        (await DockerCommand.RunAsync("inspect", "--format", "{{.State.Status}}", await deployer.ContainerAsync("shop"))).ShouldBe("running");
    }

    [Fact]
    public async Task Start_UnknownApp_IsRejected() =>
        (await _deployer.EndAsync(new StartApp { App = "none" })).ShouldBeFailed(DeploymentFailureReason.Rejected).Errors.ShouldHaveSingleItem().Problem.ShouldStartWith("none is an unknown app");

    /// <summary>Until the new process knows where the containers are.</summary>
    private async Task RestartPlatformAsync()
    {
        await _deployer.RestartAsync();
        await _deployer.Services.GetRequiredService<ContainerWatch>().Connected;
    }

    private async Task<IReadOnlyList<string>> RunningAsync() =>
        (await DockerCommand.RunAsync("ps", "-q", "--no-trunc", "--filter", $"label=com.docker.compose.project={_deployer.ProjectOf("shop")}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task<IReadOnlyList<string>> OfProjectAsync(string what) =>
        (await DockerCommand.RunAsync(what, "ls", "--format", "{{.Name}}", "--filter", $"label=com.docker.compose.project={_deployer.ProjectOf("shop")}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task<List<(int, string)>> AskUntilAsync(CancellationToken stop)
    {
        var answers = new List<(int, string)>();
        while (!stop.IsCancellationRequested)
            answers.Add(await _deployer.GetAsync("shop.localhost"));
        return answers;
    }
}
