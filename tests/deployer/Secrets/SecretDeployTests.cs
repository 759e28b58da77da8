using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Configuration;
using Mambo.TestEnvironment;

namespace Mambo.Deployer.Tests.Secrets;

/// <summary>What a container sees of an app's secrets.</summary>
[Trait("Needs", "Docker")]
public sealed class SecretDeployTests : IAsyncLifetime
{
    private readonly DeployerHost _deployer = new(("deployer.keepReleases", "2"));

    public Task InitializeAsync() => _deployer.StartAsync();

    public Task DisposeAsync() => _deployer.DisposeAsync().AsTask();

    [Fact]
    public async Task Deploy_SecretMissing_IsRejectedWithTheCommandThatSetsIt()
    {
        var failed = (await _deployer.DeployAsync("shop", Shop("one"))).ShouldBeFailed(DeploymentFailureReason.Rejected);

        failed.Errors.ShouldHaveSingleItem().ShouldBe(new FieldError("secrets.token", "shop has no secret token. Set it on this host: mambo secrets set shop token"));
    }

    [Fact]
    public async Task Deploy_SecretChanged_RollsOnlyWhatHasItAndARollbackHasTheOld()
    {
        Set("tiger");
        await _deployer.DeployedAsync("shop", Shop("one"));
        (await SeenAsync()).ShouldBe("tiger");
        var other = await ContainerAsync("other");

        // Nothing changed: nothing moves. Changed: what has it does.
        await _deployer.DeployedAsync("shop", Shop("one"));
        var first = await ContainerAsync("web");
        Set("lion");
        await _deployer.DeployedAsync("shop", Shop("one"));

        (await ContainerAsync("web")).ShouldNotBe(first);
        (await SeenAsync()).ShouldBe("lion");
        (await ContainerAsync("other")).ShouldBe(other);

        (await _deployer.EndAsync(await _deployer.RollBackAsync("shop"))).ShouldBeOfType<DeploymentRolledBack>();
        (await SeenAsync()).ShouldBe("tiger");

        // What no kept release has goes; what runs on keeps its file, also when its container is started anew.
        Set("bear");
        await _deployer.DeployedAsync("shop", Shop("one"));
        await _deployer.DeployedAsync("shop", Shop("two"));
        await _deployer.DeployedAsync("shop", Shop("three"));
        Directory.GetFiles(Path.Combine(_deployer.Home, "apps/shop/secrets")).Length.ShouldBe(1);
        var web = await ContainerAsync("web");
        await DockerCommand.RunAsync("stop", "--time", "0", web);
        await DockerCommand.RunAsync("start", web);
        (await SeenAsync()).ShouldBe("bear");
    }

    private void Set(string value)
    {
        var file = Path.Combine(_deployer.Home, "app-secrets/shop/token");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        PrivateFile.Write(file, System.Text.Encoding.UTF8.GetBytes(value));
    }

    private async Task<string> SeenAsync() => await DockerCommand.RunAsync("exec", "--user", "1234:1234", await ContainerAsync("web"), "cat", "/run/secrets/token");

    private async Task<string> ContainerAsync(string service) => await DockerCommand.RunAsync(
        "ps", "-q", "--no-trunc", "--filter", $"label=com.docker.compose.project={_deployer.ProjectOf("shop")}", "--filter", $"label=com.docker.compose.service={service}");

    private static Bundle Shop(string page) => Bundle.Of(("compose.yml",
        $$"""
        services:
          web:
            image: mambo-web:local
            secrets: [token]
            stop_grace_period: 0s
          other:
            image: mambo-web:local
            stop_grace_period: 0s
            labels: {page: "{{page}}"}
        secrets:
          token: {external: true}
        """));
}
