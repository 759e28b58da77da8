using System.Text.Json;

using Mambo.Contracts.Deployments;
using Mambo.TestEnvironment;

namespace Mambo.Deployer.Tests.Registries;

/// <summary>An image only who is logged in may pull; real Docker pushes and pulls it.</summary>
[Trait("Needs", "Docker")]
public sealed class PrivateRegistryTests : IAsyncLifetime
{
    private readonly string _user = "ci";
    private readonly string _password = $"pw{Guid.NewGuid():N}";
    private readonly DeployerHost _deployer = new();
    private readonly RegistryServer _registry;
    private readonly string _configuration = Directory.CreateTempSubdirectory("mambo-docker-").FullName;

    public PrivateRegistryTests() => _registry = new RegistryServer(_user, _password);

    private string Image => $"{_registry.Host}/private/web:1";

    public async Task InitializeAsync()
    {
        await _registry.StartAsync();
        await LogInAsync(_configuration);
        // An image of its own, so that taking it away leaves others alone.
        var container = await DockerCommand.RunAsync("create", "mambo-web:local");
        await DockerCommand.RunAsync("commit", "--change", $"LABEL registry={_registry.Host}", container, Image);
        await DockerCommand.RunAsync("rm", container);
        await DockerCommand.RunAsync("--config", _configuration, "push", "--quiet", Image);
        await DockerCommand.RunAsync("rmi", Image);
        await _deployer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _deployer.DisposeAsync();
        if (await DockerCommand.RunAsync("images", "-q", Image) is { Length: > 0 })
            await DockerCommand.RunAsync("rmi", "-f", Image);
        await _registry.DisposeAsync();
        Directory.Delete(_configuration, recursive: true);
    }

    [Fact]
    public async Task Deploy_PrivateImage_IsRefusedWithTheCommandAndPulledOnceLoggedIn()
    {
        var failed = (await _deployer.DeployAsync("shop", Bundle.WebApp("shop", "one", image: Image))).ShouldBeFailed(DeploymentFailureReason.ImageUnavailable);
        failed.Message.ShouldEndWith($"mambo registry login {_registry.Host} --user NAME");

        await LogInAsync(Path.Combine(_deployer.Home, "registries"));

        var deployed = await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one", image: Image));
        deployed.Images["web"].ShouldStartWith($"{_registry.Host}/private/web@sha256:");
        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
    }

    private async Task LogInAsync(string configuration)
    {
        Directory.CreateDirectory(configuration);
        var login = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{_user}:{_password}"));
        await File.WriteAllTextAsync(Path.Combine(configuration, "config.json"), JsonSerializer.Serialize(new { auths = new Dictionary<string, object> { [_registry.Host] = new { auth = login } } }));
    }
}
