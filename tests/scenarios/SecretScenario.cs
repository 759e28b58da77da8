using System.Diagnostics;
using System.Text;

using Mambo.TestEnvironment;

namespace Mambo.Scenarios.Tests;

/// <summary>A secret is set on the command line, deployed, changed and removed; nothing but its own files and the containers ever holds it.</summary>
[Trait("Needs", "Docker")]
public sealed class SecretScenario : IAsyncLifetime
{
    private readonly string _canary = $"canary{Guid.NewGuid():N}";
    private readonly PlatformHome _home = new();
    private ServiceProcess _platform = null!;
    private string _prefix = "";

    public async Task InitializeAsync()
    {
        _home.Configure("deployer:\n  soak: 0s\n  startDeadline: 15s\n");
        _platform = new ServiceProcess("Mambo.AllInOne", _home);
        await _platform.StartAsync();
        _prefix = (await _platform.Api.GetStringAsync("/api/platform")).Split("\"name\":\"")[1].Split('"')[0];
    }

    public async Task DisposeAsync()
    {
        await _platform.DisposeAsync();
        await DockerCommand.RemoveProjectsAsync($"{_prefix}-");
        _home.Dispose();
    }

    [Fact]
    public async Task Secret_SetDeployedAndFailedInEveryWay_IsNowhereElse()
    {
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(() => WatchProcesses(stop.Token));

        // Refused without it, then set and deployed
        (await EndAsync(Shop("one"))).Reason.ShouldBe("rejected");
        await SetAsync();
        (await EndAsync(Shop("one"))).State.ShouldBe("deployed");
        var container = (await DockerCommand.ContainersOfAsync($"{_prefix}-shop")).ShouldHaveSingleItem();
        (await DockerCommand.RunAsync("exec", container, "cat", "/run/secrets/token")).ShouldBe(_canary);

        // Failures in the words of Docker, of compose and of the health check
        (await EndAsync(Shop("two", "command: [\"/no/such/program\"]"))).State.ShouldBe("failed");
        (await EndAsync(Shop("three", "healthcheck: {test: [\"CMD\", \"false\"], interval: 300ms, retries: 2}"))).State.ShouldBe("failed");
        (await EndAsync(Shop("four", "volumes: [\"/no/such/folder/:/run/secrets/token/x\"]"))).State.ShouldBe("failed");
        (await EndAsync(Shop("five", "networks: [none-such]"))).Reason.ShouldBe("rejected");

        // Changed back and forth, the way back, removed
        await SetAsync();
        (await EndAsync(Shop("six"))).State.ShouldBe("deployed");
        await MamboAsync("", "secrets", "remove", "shop", "token");
        (await EndAsync(Shop("seven"))).Reason.ShouldBe("rejected");
        await _platform.StopAsync();

        await stop.CancelAsync();
        (await watching).ShouldBeEmpty();
        _platform.Output.ShouldNotContain(line => line.Contains(_canary));
        var copies = Path.Combine(_home.Path, "apps", "shop", "secrets");
        var holders = Directory.EnumerateFiles(_home.Path, "*", SearchOption.AllDirectories).Where(Holds).ToList();
        holders.ShouldNotBeEmpty();
        holders.ShouldAllBe(file => file.StartsWith(copies, StringComparison.Ordinal));
        (await DockerCommand.RunAsync("inspect", (await DockerCommand.ContainersOfAsync($"{_prefix}-shop"))[0])).ShouldNotContain(_canary);
    }

    private Task SetAsync() => MamboAsync(_canary, "secrets", "set", "shop", "token");

    private async Task MamboAsync(string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [ServiceProcess.PathOf("Mambo.Cli"), .. arguments, "--home", _home.Path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var printed = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, printed);
        printed.ShouldNotContain(_canary);
    }

    /// <summary>Also what the API shows of it, on the way.</summary>
    private async Task<(string State, string? Reason)> EndAsync(Bundle bundle)
    {
        var ended = await _platform.Api.EndedAsync(await _platform.Api.DeployAsync("shop", bundle));
        ended.ToString().ShouldNotContain(_canary);
        (await _platform.Api.EventsAsync()).ShouldAllBe(told => !told.ToString().Contains(_canary));
        return (ended.GetProperty("state").GetString()!, ended.TryGetProperty("failure", out var failure) ? failure.GetProperty("reason").GetString() : null);
    }

    private bool Holds(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray().AsSpan().IndexOf(Encoding.ASCII.GetBytes(_canary)) >= 0;
    }

    /// <summary>Command lines and environments of every process of the machine, over and over.</summary>
    private List<string> WatchProcesses(CancellationToken stop)
    {
        var found = new List<string>();
        var canary = Encoding.ASCII.GetBytes(_canary);
        while (!stop.IsCancellationRequested)
        {
            foreach (var file in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).SelectMany(folder => new[] { $"{folder}/cmdline", $"{folder}/environ" }))
            {
                try
                {
                    if (File.ReadAllBytes(file).AsSpan().IndexOf(canary) >= 0)
                        found.Add(file);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    // Gone meanwhile.
                }
            }

            stop.WaitHandle.WaitOne(20);
        }

        return found;
    }

    private static Bundle Shop(string page, string more = "") => Bundle.Of(("compose.yml",
        $$"""
        services:
          web:
            image: mambo-web:local
            labels: {page: "{{page}}"}
            secrets: [token]
            stop_grace_period: 0s
            {{more}}
        secrets:
          token: {external: true}
        """));
}
