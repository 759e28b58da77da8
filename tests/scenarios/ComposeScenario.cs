using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

using Mambo.TestEnvironment;

using Xunit.Abstractions;

namespace Mambo.Scenarios.Tests;

/// <summary>A server as <c>deploy/install.sh</c> leaves it: the image, RabbitMQ and the services in containers. Only the base images and the ports are others.</summary>
[Trait("Needs", "Docker")]
public sealed class ComposeScenario : IAsyncLifetime
{
    private const string Image = "mambo-test/mambo:local";

    private static readonly string[] Services = ["rabbitmq", "deployer", "alert-relay", "backoffice"];

    private readonly string _home = Directory.CreateTempSubdirectory("mambo-server-").FullName;
    private readonly string _project = $"srv-{Guid.NewGuid().ToString("N")[..8]}";
    private readonly int _edge = ServiceProcess.FreePort();
    private readonly Dictionary<string, string> _environment;
    private readonly HttpClient _api;
    private readonly ITestOutputHelper _output;

    public ComposeScenario(ITestOutputHelper output)
    {
        _output = output;
        var api = ServiceProcess.FreePort();
        _api = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{api}") };
        _environment = new Dictionary<string, string>
        {
            ["MAMBO_COMPOSE_PROJECT"] = _project,
            ["MAMBO_RABBITMQ_IMAGE"] = "mambo-test/rabbitmq:4.3",
            ["MAMBO_API_PORT"] = $"{api}",
            ["MAMBO_BUS_PORT"] = $"{ServiceProcess.FreePort()}",
            ["MAMBO_DEPLOYER_HEALTH_PORT"] = $"{ServiceProcess.FreePort()}",
        };
    }

    public async Task InitializeAsync()
    {
        // Another name for what the deployer makes than for the platform's own containers.
        await File.WriteAllTextAsync(Path.Combine(_home, "mambo.yml"), $"platform:\n  name: {_project}\nedge:\n  listen: 127.0.0.1:{_edge}\n");
        await RunAsync("tests/environment/mambo-image.sh", Image);
        await InstallAsync();
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await SecretAsync("api-token"));
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await RunAsync("docker", "compose", "-p", _project, "down", "--volumes", "--timeout", "5");
        await DockerCommand.RemoveProjectsAsync($"{_project}-");
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Install_OnAServer_DeploysAnAppKeepsItsSecretsAndRunsAgainWithoutAChange()
    {
        // An app goes the whole way, from the door to the edge
        var deployed = await _api.EndedAsync(await _api.DeployAsync("shop", Bundle.WebApp("shop", "from a container")));
        deployed.GetProperty("state").GetString().ShouldBe("deployed", deployed.ToString());
        using var browser = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_edge}/") { Headers = { Host = "shop.localhost" } };
        using var page = await browser.SendAsync(request);
        (await page.Content.ReadAsStringAsync()).ShouldBe("from a container");

        // Docker's socket is with the deployer alone, and no secret is where "docker inspect" shows it
        var secrets = new[] { await SecretAsync("bus-password"), await SecretAsync("api-token"), await SecretAsync("api-tokens") };
        foreach (var service in Services)
        {
            var text = await DockerCommand.RunAsync("inspect", $"{_project}-{service}-1");
            var container = JsonSerializer.Deserialize<JsonElement>(text)[0];
            var host = container.GetProperty("HostConfig");
            secrets.ShouldAllBe(secret => !text.Contains(secret, StringComparison.Ordinal), service);
            text.Contains("docker.sock", StringComparison.Ordinal).ShouldBe(service == "deployer", service);
            host.GetProperty("ReadonlyRootfs").GetBoolean().ShouldBeTrue(service);
            host.GetProperty("CapDrop")[0].GetString().ShouldBe("ALL", service);
            host.GetProperty("Memory").GetInt64().ShouldBeInRange(64 << 20, 1 << 30, service);
            foreach (var port in host.GetProperty("PortBindings").EnumerateObject())
                port.Value[0].GetProperty("HostIp").GetString().ShouldBe("127.0.0.1", service);
            _output.WriteLine(await DockerCommand.RunAsync("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}} {{.CPUPerc}}", $"{_project}-{service}-1"));
        }

        foreach (var file in Directory.GetFiles(Path.Combine(_home, "secrets")))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);

        // A second run of the installer leaves everything as it is
        var before = (await ContainersAsync(), await SecretAsync("api-token"));
        (await InstallAsync()).ShouldNotContain("install: made");
        (await ContainersAsync(), await SecretAsync("api-token")).ShouldBe(before);
    }

    private Task<string> InstallAsync() => RunAsync("deploy/install.sh", "--home", _home, "--image", Image);

    private async Task<string> ContainersAsync() => string.Join(' ', (await DockerCommand.ContainersOfAsync(_project)).Order(StringComparer.Ordinal));

    private async Task<string> SecretAsync(string name) => (await File.ReadAllTextAsync(Path.Combine(_home, "secrets", name))).Trim();

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        var path = program.Contains('/', StringComparison.Ordinal) ? GoldenFile.PathOf(program) : program;
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (printed, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        _output.WriteLine($"{program}: {watch.Elapsed.TotalSeconds:0} s");
        process.ExitCode.ShouldBe(0, $"{program}:\n{await printed}\n{await error}");
        return await printed;
    }
}
