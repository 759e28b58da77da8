using System.Text.Json;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Operations;
using Mambo.TestEnvironment;

namespace Mambo.Deployer.Tests.Rollout;

/// <summary>The process ends in the middle, or the world changes while it is away.</summary>
[Trait("Needs", "Docker")]
public sealed class RecoveryTests : IAsyncLifetime
{
    private readonly DeployerHost _deployer = new();

    public Task InitializeAsync() => _deployer.StartAsync();

    public Task DisposeAsync() => _deployer.DisposeAsync().AsTask();

    [Fact]
    public async Task Start_CutOffInEachStepBeforeItsCommit_EndsDeployedOnceAndRecreatesNothing()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        var id = await _deployer.SendAsync("shop", Bundle.WebApp("shop", "two"));
        (await _deployer.EndAsync(id)).ShouldBeDeployed();
        var container = await _deployer.ContainerAsync("shop");

        for (var step = 1; step <= 9; step++)
        {
            // The step's work is done and nothing of it is in the journal: the worst moment for a kill -9.
            await ForgetFromAsync(id, step);
            await _deployer.RestartAsync();

            var deployed = (await _deployer.EndAsync(id)).ShouldBeDeployed();
            deployed.Release.ShouldBe(2, $"step {step}");
            (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "two"));
            (await _deployer.ContainerAsync("shop")).ShouldBe(container);
            _deployer.Told(id).OfType<DeploymentStepCompleted>().Select(told => told.Number).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8, 9]);
        }

        (await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "three"))).Release.ShouldBe(3);
    }

    [Fact]
    public async Task Start_StoppedWhileContainersStart_GoesOnAndDeploys()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        var id = await _deployer.SendAsync("shop", Bundle.WebApp("shop", "two"));
        await _deployer.InStepAsync(id, "start");

        await _deployer.RestartAsync();

        (await _deployer.EndAsync(id)).ShouldBeDeployed();
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "two"));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(9)]
    public async Task Start_MachineWasDownInALateStep_StartsTheContainersBeforeItSaysDeployed(int step)
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        var id = await _deployer.SendAsync("shop", Bundle.WebApp("shop", "two"));
        (await _deployer.EndAsync(id)).ShouldBeDeployed();
        await ForgetFromAsync(id, step);
        await _deployer.StopAsync();
        await DockerCommand.RunAsync("stop", await _deployer.ContainerAsync("shop"));

        await _deployer.StartAsync();

        (await _deployer.EndAsync(id)).ShouldBeDeployed();
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "two"));
    }

    [Fact]
    public async Task Start_StoppedWhileUndoing_PreviousServesAgain()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        var id = await _deployer.SendAsync("shop", Bundle.WebApp("shop", "bad", healthy: false));
        await DeployerHost.UntilAsync(() => _deployer.Journal.Find(id)?.State == OperationState.Undoing);

        await _deployer.RestartAsync();

        (await _deployer.EndAsync(id)).ShouldBeFailed(DeploymentFailureReason.Unhealthy);
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
    }

    [Fact]
    public async Task Cancel_WhileContainersStart_PreviousServesAgain()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        var id = await _deployer.SendAsync("shop", Bundle.WebApp("shop", "bad", healthy: false));
        await _deployer.InStepAsync(id, "start");

        await _deployer.CancelAsync(id);

        var cancelled = (await _deployer.EndAsync(id)).ShouldBeOfType<DeploymentCancelled>();
        (cancelled.Step, cancelled.Reason, cancelled.CancelledBy).ShouldBe(("start", "wrong version", "ana"));
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
    }

    [Fact]
    public async Task Start_ContainersGoneOrStopped_BringsTheAppsUpAgain()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        await _deployer.DeployedAsync("notes", Bundle.WebApp("notes", "two"));
        await _deployer.StopAsync();
        await DockerCommand.RunAsync("rm", "-f", await _deployer.ContainerAsync("shop"));
        await DockerCommand.RunAsync("stop", await _deployer.ContainerAsync("notes"));

        await _deployer.StartAsync();

        // A deployment of the app waits for it, and does not meet it.
        (await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "three"))).Release.ShouldBe(2);
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "three"));
        for (var tries = 0; tries < 100 && (await _deployer.GetAsync("notes.localhost")).Status != 200; tries++)
            await Task.Delay(50);
        (await _deployer.GetAsync("notes.localhost")).ShouldBe((200, "two"));
    }

    [Fact]
    public async Task Retire_ManyReleases_KeepsTheFoldersOfTheNewest()
    {
        await using var deployer = new DeployerHost(("deployer.keepReleases", "2"));
        await deployer.StartAsync();
        foreach (var page in (string[])["one", "two", "three", "four"])
            await deployer.DeployedAsync("shop", Bundle.WebApp("shop", page));

        Directory.EnumerateDirectories(Path.Combine(deployer.Home, "apps", "shop", "bundles")).Count().ShouldBe(2);
        Directory.EnumerateDirectories(Path.Combine(deployer.Home, "apps", "shop", "releases")).Select(folder => Path.GetFileName(folder)).Order().ShouldBe(["3", "4"]);
    }

    [Fact]
    public async Task Start_EngineDown_StaysUpNamesItAndComesBack()
    {
        using var home = new PlatformHome();
        var socket = Path.Combine(home.Path, "docker.sock");
        await using var process = new ServiceProcess("Mambo.Deployer", home, new Dictionary<string, string>
        {
            ["MAMBO_BUS__TRANSPORT"] = "inMemory",
            ["DOCKER_HOST"] = $"unix://{socket}",
        });

        var ready = process.StartAsync();
        JsonElement? answer;
        while ((answer = await ReadyzAsync(process.Api)) is null)
            await Task.Delay(50);
        var docker = answer.Value.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "docker");
        docker.GetProperty("status").GetString().ShouldBe("unhealthy");
        docker.GetProperty("reason").GetString().ShouldNotBeNull().ShouldStartWith("The Docker Engine does not answer");
        ready.IsCompleted.ShouldBeFalse();

        File.CreateSymbolicLink(socket, "/var/run/docker.sock");

        await ready;
    }

    /// <returns>Null: it does not listen yet, or has not looked for the engine.</returns>
    private static async Task<JsonElement?> ReadyzAsync(HttpClient api)
    {
        try
        {
            using var answer = await api.GetAsync("/readyz");
            var body = await answer.Content.ReadAsStringAsync();
            return body.Contains("does not answer", StringComparison.Ordinal) ? JsonSerializer.Deserialize<JsonElement>(body) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private Task ForgetFromAsync(Guid id, int step) => _deployer.Journal.WriteAsync(transaction =>
    {
        transaction.Execute("UPDATE operations SET state = 'running', next_step = @step, tries = 1, ended_at = NULL WHERE id = @id", new { id, step });
        transaction.Execute("UPDATE steps SET ended_at = NULL WHERE operation_id = @id AND number = @step", new { id, step });
        transaction.Execute("DELETE FROM steps WHERE operation_id = @id AND number > @step", new { id, step });
        transaction.Execute(
            "DELETE FROM outbox WHERE lane = @id AND (message_id = @id || ':ended' OR (message_id LIKE @id || ':step-%' AND substr(message_id, -1) >= @step))",
            new { id = id.ToString(), step = step.ToString() });
        transaction.Execute("UPDATE apps SET current_release = 1");
        transaction.Execute("UPDATE releases SET served_at = NULL WHERE number = 2");
        if (step == 1)
            transaction.Execute("UPDATE operations SET data = '{}' WHERE id = @id", new { id });
    });
}
