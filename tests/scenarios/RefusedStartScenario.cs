using Mambo.TestEnvironment;

namespace Mambo.Scenarios.Tests;

/// <summary>A service that cannot work as it was told to does not start: it names every fault, with the remedy, and ends with code 2.</summary>
public sealed class RefusedStartScenario : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly PlatformHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("Mambo.AllInOne", "mambo", "api-tokens")]
    [InlineData("Mambo.Backoffice", "backoffice", "api-tokens")]
    [InlineData("Mambo.Backoffice", "backoffice", "bus-password")]
    [InlineData("Mambo.Deployer", "deployer", "bus-password")]
    [InlineData("Mambo.AlertRelay", "alert-relay", "bus-password")]
    public async Task Start_SecretMissing_NamesItAndEndsWith2(string assembly, string service, string secret)
    {
        _home.RemoveSecret(secret);
        await using var process = new ServiceProcess(assembly, _home);

        (await process.RunToEndAsync(Deadline)).ShouldBe(2, process.Tail());

        process.Tail().ShouldContain($"{service}: the configuration has 1 fault; nothing was started.");
        process.Tail().ShouldContain($"secret {secret}: it is missing. Put it into {_home.Path}/secrets/{secret} (mode 600)");
    }

    [Fact]
    public async Task Start_WrongFile_NamesEveryFaultAtOnce()
    {
        _home.Configure(
            """
            api:
              lsiten: 127.0.0.1:1
            deployer:
              pullDeadline: soon
              keepReleases: 1
            edges:
              listen: 127.0.0.1:2
            """);
        await using var process = new ServiceProcess("Mambo.AllInOne", _home);

        (await process.RunToEndAsync(Deadline)).ShouldBe(2, process.Tail());

        var told = process.Tail();
        told.ShouldContain("mambo: the configuration has 4 faults; nothing was started.");
        told.ShouldContain("api.lsiten (mambo.yml, line 2): there is no such key. Did you mean api.listen?");
        told.ShouldContain("deployer.pullDeadline (mambo.yml, line 4): \"soon\" is not a time. Write a number and a unit");
        told.ShouldContain("deployer.keepReleases (mambo.yml, line 5): it must be between 2 and 100.");
        told.ShouldContain("edges (mambo.yml, line 6): there is no such section. Did you mean edge?");
    }

    [Fact]
    public async Task Start_SecretOthersCanRead_IsRefusedWithoutShowingIt()
    {
        File.SetUnixFileMode(Path.Combine(_home.Path, "secrets", "bus-password"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await using var process = new ServiceProcess("Mambo.Deployer", _home);

        (await process.RunToEndAsync(Deadline)).ShouldBe(2, process.Tail());

        process.Tail().ShouldContain("can be read by other users. Run: chmod 600");
        process.Tail().ShouldNotContain(_home.BusPassword);
    }
}
