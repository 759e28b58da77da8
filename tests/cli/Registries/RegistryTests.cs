using Mambo.TestEnvironment;

namespace Mambo.Cli.Tests.Registries;

/// <summary>The real Docker client asks the registry; the login is kept apart from the person's own.</summary>
[Trait("Needs", "Docker")]
public sealed class RegistryTests : IAsyncLifetime
{
    private readonly TemporaryFolder _home = new();
    private readonly RegistryServer _registry = new("ci", "right");

    private Dictionary<string, string> Variables => new() { ["MAMBO_HOME"] = _home.Path };

    public Task InitializeAsync() => _registry.StartAsync();

    public async Task DisposeAsync()
    {
        await _registry.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Login_RightPassword_IsKeptForTheOwnerOnlyBesideWhatWasThere()
    {
        _home.Write("registries/config.json", """{"credHelpers":{"gcr.io":"gcloud"}}""");

        (await CommandRun.WithInputAsync("right\n", Variables, "registry", "login", _registry.Host, "--user", "ci"))
            .ShouldBe(new CommandRun(0, $"✔ logged in to {_registry.Host} as ci\n", ""));

        File.GetUnixFileMode(_home["registries/config.json"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await CommandRun.OfAsync(Variables, "registry", "list")).Output.ShouldMatch($"^REGISTRY +USER\n{_registry.Host} +ci\ngcr.io +\\(helper gcloud\\)\n$");

        (await CommandRun.OfAsync(Variables, "registry", "logout", _registry.Host)).Code.ShouldBe(0);
        (await CommandRun.OfAsync(Variables, "registry", "list")).Output.ShouldMatch("^REGISTRY  USER\ngcr.io    \\(helper gcloud\\)\n$");
    }

    [Fact]
    public async Task Login_WrongPassword_IsRefusedAndNotShown()
    {
        var run = await CommandRun.WithInputAsync("wrong-one", Variables, "registry", "login", _registry.Host, "-u", "ci");

        run.Code.ShouldBe(1);
        run.Error.ShouldStartWith($"mambo: {_registry.Host} does not take the login of ci.\n");
        run.Error.ShouldNotContain("wrong-one");
        (await CommandRun.OfAsync(Variables, "registry", "list")).Output.ShouldStartWith("No login.");
    }

    [Theory]
    [InlineData("https://ghcr.io")]
    [InlineData("ghcr.io/you")]
    [InlineData("-x")]
    [InlineData("")]
    public async Task Login_NoRegistry_IsWrongUsage(string registry) =>
        (await CommandRun.WithInputAsync("x", Variables, "registry", "login", registry, "--user", "ci")).Code.ShouldBe(2);
}
