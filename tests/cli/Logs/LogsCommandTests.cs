using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

using Mambo.TestEnvironment;

namespace Mambo.Cli.Tests.Logs;

/// <summary>Real containers of a compose project; only the platform, which tells the project's name, is played.</summary>
[Trait("Needs", "Docker")]
public sealed class LogsCommandTests : IAsyncLifetime
{
    private readonly PlayedDoor _door = new();
    private readonly string _project = $"daily{Guid.NewGuid():N}"[..12];

    public Task InitializeAsync()
    {
        _door.Answer("GET /api/apps/shop", 200, $$"""{"app":"shop","project":"{{_project}}","host":"local","release":2,"deployedAt":"2026-11-25T03:40:07Z"}""")
            .Answer("GET /api/deployments", 200, """{"deployments":[]}""");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var id in await DockerCommand.ContainersOfAsync(_project))
            await DockerCommand.RunAsync("rm", "-f", id);
        _door.Dispose();
    }

    [Fact]
    public async Task Logs_OfTwoServices_InTheOrderOfTimeWithServiceAndReleaseInFront()
    {
        await RunAsync("web", 1, "echo hello; sleep 0.2; echo error >&2; sleep 4; echo last; exec sleep 1000");
        await RunAsync("db", 2, "echo between; exec sleep 1000");
        await UntilPrintedAsync("web", "last");

        var run = await CommandRun.OfAsync(_door.Variables, "logs", "shop");

        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldBe("web-1 1 | hello\nweb-1 1 | error\ndb-1 2  | between\nweb-1 1 | last\n");
        (await CommandRun.OfAsync(_door.Variables, "logs", "shop", "--service", "web", "--tail", "1")).Output.ShouldBe("web-1 1 | last\n");
        (await CommandRun.OfAsync(_door.Variables, "logs", "shop", "--since", "1h")).Output.Length.ShouldBe(run.Output.Length);
    }

    [Fact]
    public async Task Logs_PausedContainers_AreLeftOut()
    {
        var warm = await RunAsync("web", 1, "echo old; exec sleep 1000");
        await RunAsync("web", 2, "echo new; exec sleep 1000");
        await UntilPrintedAsync("web", "old");
        await DockerCommand.RunAsync("pause", warm);

        (await CommandRun.OfAsync(_door.Variables, "logs", "shop")).Output.ShouldBe("web-1 2 | new\n");
    }

    [Fact]
    public async Task Logs_Json_OneObjectALine()
    {
        await RunAsync("web", 1, "echo '\"quoted\" \u001b[31mred'");
        await UntilPrintedAsync("web", "quoted");

        var run = await CommandRun.OfAsync(_door.Variables, "logs", "shop", "--json");

        var line = JsonElement.Parse(run.Output.TrimEnd());
        (line.GetProperty("service").GetString(), line.GetProperty("release").GetInt32(), line.GetProperty("line").GetString()).ShouldBe(("web", 1, "\"quoted\" \u001b[31mred"));
        (await CommandRun.OfAsync(_door.Variables, "logs", "shop")).Output.ShouldBe("web-1 1 | \"quoted\" ?[31mred\n");
    }

    [Fact]
    public async Task Follow_AcrossADeployment_NeitherLosesNorRepeatsALine()
    {
        using var stop = new CancellationTokenSource();
        var output = new Lines();
        var old = await RunAsync("web", 1, "for i in 1 2 3; do echo old $i; done; sleep 0.5; echo old 4; exec sleep 1000");
        var following = MamboCommand.RunAsync(["logs", "shop", "-f"], CommandRun.Surroundings(output, output, _door.Variables), stop.Token);
        await output.UntilAsync("web-1 1 | old 4");

        await RunAsync("web", 2, "for i in 1 2 3; do echo new $i; done; exec sleep 1000");
        await output.UntilAsync("web-1 2 | new 3");
        await DockerCommand.RunAsync("pause", old);
        await DockerCommand.RunAsync("unpause", old);
        await DockerCommand.RunAsync("restart", "-t", "0", old);
        await output.UntilAsync("web-1 1 | old 4", times: 2);
        await stop.CancelAsync();

        (await following).ShouldBe(0);
        string[] olds = ["web-1 1 | old 1", "web-1 1 | old 2", "web-1 1 | old 3", "web-1 1 | old 4"];
        output.All.ShouldBe([.. olds, "web-1 2 | new 1", "web-1 2 | new 2", "web-1 2 | new 3", .. olds]);
    }

    [Fact]
    public async Task Logs_NoContainer_SaysSo()
    {
        var run = await CommandRun.OfAsync(_door.Variables, "logs", "shop");

        (run.Code, run.Output).ShouldBe((1, ""));
        run.Error.ShouldStartWith($"mambo: No container of the project {_project} is on this Docker Engine.\n");
    }

    [Fact]
    public async Task Logs_EngineDoesNotAnswer_SaysWhereToRunIt()
    {
        var run = await CommandRun.OfAsync(new(_door.Variables) { ["DOCKER_HOST"] = "unix:///no/such.sock" }, "logs", "shop");

        run.Code.ShouldBe(1);
        run.Error.ShouldStartWith("mambo: The Docker Engine at /no/such.sock does not answer: ");
        (await CommandRun.OfAsync(new(_door.Variables) { ["DOCKER_HOST"] = "ssh://web-1" }, "logs", "shop")).Error.ShouldStartWith("mambo: DOCKER_HOST is ssh://web-1; unix:// and tcp:// can be reached from here.");
    }

    [Fact]
    public async Task Status_OfAnApp_ShowsItsContainers()
    {
        await RunAsync("web", 2, "exec sleep 1000");

        var run = await CommandRun.OfAsync(_door.Variables, "status", "shop");

        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldMatch($@"(?m)^{_project}-web-2 +web +2 +Up ");
    }

    private async Task<string> RunAsync(string service, int release, string script) => await DockerCommand.RunAsync(
        "run", "-d", "--name", $"{_project}-{service}-{release}", "--network", "none", "--stop-signal", "KILL",
        "--label", $"com.docker.compose.project={_project}", "--label", $"com.docker.compose.service={service}", "--label", "com.docker.compose.container-number=1",
        "--label", $"mambo.release={release}", "mambo-web:local", "/bin/sh", "-c", script);

    private async Task UntilPrintedAsync(string service, string text)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!(await DockerCommand.RunAsync("logs", $"{_project}-{service}-1")).Contains(text, StringComparison.Ordinal))
            await Task.Delay(50, late.Token);
        await Task.Delay(200, late.Token);
    }

    private sealed class Lines : StringWriter
    {
        private readonly ConcurrentQueue<string> _written = new();
        private readonly StringBuilder _open = new();

        public IEnumerable<string> All => _written;

        public override void Write(char value)
        {
            if (value != '\n')
            {
                _open.Append(value);
                return;
            }

            _written.Enqueue(_open.ToString());
            _open.Clear();
        }

        public override void Write(string? value)
        {
            foreach (var letter in value ?? "")
                Write(letter);
        }

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public async Task UntilAsync(string line, int times = 1)
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (_written.Count(written => written == line) < times)
                await Task.Delay(20, late.Token);
        }
    }
}
