using Mambo.TestEnvironment;

namespace Mambo.AlertRelay.Tests;

/// <summary>The service as a process, started with what an operator may have written.</summary>
public sealed class RegistrationTests : IDisposable
{
    private readonly PlatformHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Start_ServerWithATopicInIt_IsRefusedWithTheRemedy()
    {
        _home.Configure("alerts:\n  server: https://ntfy.sh/phone\nbus:\n  transport: inMemory");
        await using var relay = new ServiceProcess("Mambo.AlertRelay", _home);

        (await relay.RunToEndAsync(TimeSpan.FromSeconds(60))).ShouldBe(2);

        relay.Output.ShouldContain("  alerts.server: https://ntfy.sh/phone is more than the address of a server. Write https://ntfy.sh, and the topic into alerts.topic.");
    }

    [Fact]
    public async Task Start_TokenOtherUsersCanRead_IsRefusedAndNotShown()
    {
        _home.Configure("bus:\n  transport: inMemory");
        _home.WriteSecret("ntfy-token", "tk_secret");
        File.SetUnixFileMode(Path.Combine(_home.Path, "secrets", "ntfy-token"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await using var relay = new ServiceProcess("Mambo.AlertRelay", _home);

        (await relay.RunToEndAsync(TimeSpan.FromSeconds(60))).ShouldBe(2);

        string.Join('\n', relay.Output).ShouldContain("secret ntfy-token");
        string.Join('\n', relay.Output).ShouldNotContain("tk_secret");
    }

    [Fact]
    public async Task Start_NoTopic_SaysOnceThatNothingIsSent()
    {
        _home.Configure("bus:\n  transport: inMemory");
        await using var relay = new ServiceProcess("Mambo.AlertRelay", _home);

        await relay.StartAsync();
        await relay.StopAsync();

        relay.Output.Count(line => line.Contains("No notification is sent: alerts.topic is not set", StringComparison.Ordinal)).ShouldBe(1, string.Join('\n', relay.Output));
    }
}
