using Mambo.Contracts.Deployments;
using Mambo.Doubles;
using Mambo.TestEnvironment;

namespace Mambo.Deployer.Tests.Traefik;

/// <summary>The whole deployer with Traefik as its edge: real containers, real files, and a double of Traefik's API that reads them.</summary>
[Trait("Needs", "Docker")]
public sealed class TraefikEdgeTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mambo-traefik-edge-").FullName;
    private TraefikDouble _traefik = null!;
    private DeployerHost _deployer = null!;

    private string File => Path.Combine(_directory, $"{_deployer.Platform}-shop.yml");

    public async Task InitializeAsync()
    {
        _traefik = await TraefikDouble.StartAsync(_directory, TimeSpan.FromMilliseconds(200));
        _deployer = new DeployerHost(
            ("edge.kind", "traefik"), ("traefik.directory", _directory), ("traefik.api", _traefik.Api.ToString()), ("traefik.settle", "1s"), ("deployer.drainDeadline", "100ms"));
        await _deployer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _deployer.DisposeAsync();
        await _traefik.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Deploy_TwoReleases_TheFileNamesTheContainerThatServesAndFollowsIt()
    {
        var first = await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        first.Urls.ShouldBe([new Uri("https://shop.localhost/")]);
        (await TextAsync()).ShouldContain($"\"http://{await AddressAsync()}:80\"");

        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "two"));
        var address = await AddressAsync();
        (await TextAsync()).ShouldContain($"\"http://{address}:80\"");

        // Others take the free addresses while ours is away.
        var container = await _deployer.ContainerAsync("shop");
        await DockerCommand.RunAsync("stop", container);
        foreach (var _ in (int[])[1, 2])
            await DockerCommand.RunAsync("run", "-d", "--network", $"{_deployer.ProjectOf("shop")}_default", "--label", $"com.docker.compose.project={_deployer.Platform}-squatter", "mambo-web:local", "sleep", "1000");
        await DockerCommand.RunAsync("start", container);
        (await AddressAsync()).ShouldNotBe(address);
        var expected = $"\"http://{await AddressAsync()}:80\"";
        await DeployerHost.UntilAsync(() => System.IO.File.ReadAllText(File).Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deploy_TraefikRefusesTheRouter_FailsWithItsWordsAndTheFormerFileIsBack()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));

        var failed = (await _deployer.DeployAsync("shop", Bundle.Of(("compose.yml",
            """
            services:
              web:
                image: mambo-web:local
                labels:
                  traefik.enable: "true"
                  traefik.http.routers.shop.rule: "Host(`shop.localhost`)"
                  traefik.http.routers.shop.entrypoints: nowhere
                stop_grace_period: 0s
            """)))).ShouldBeFailed(DeploymentFailureReason.RouteFailed);

        (failed.Step, failed.ServingRelease).ShouldBe(("switch", 1));
        failed.Message.ShouldContain("nowhere");
        var text = await TextAsync();
        text.ShouldContain($"\"http://{await AddressAsync()}:80\"");
        text.ShouldNotContain("nowhere");
    }

    [Fact]
    public async Task Start_FileLostMeanwhile_IsWrittenAgain()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        await _deployer.StopAsync();
        System.IO.File.Delete(File);

        await _deployer.StartAsync();

        await DeployerHost.UntilAsync(() => System.IO.File.Exists(File));
        (await TextAsync()).ShouldContain($"\"http://{await AddressAsync()}:80\"");
    }

    private Task<string> TextAsync() => System.IO.File.ReadAllTextAsync(File);

    private async Task<string> AddressAsync() =>
        await DockerCommand.RunAsync("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", await _deployer.ContainerAsync("shop"));
}
