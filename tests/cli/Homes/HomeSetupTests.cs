using System.Security.Cryptography;
using System.Text;

using Mambo.Cli.Homes;
using Mambo.Cli.Platform;

namespace Mambo.Cli.Tests.Homes;

public sealed class HomeSetupTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();
    private readonly PlatformHome _home;

    public HomeSetupTests() => _home = new PlatformHome(_folder["home"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Prepare_NothingThere_MakesHomeAndSecretsForTheOwnerOnly()
    {
        var made = HomeSetup.Prepare(_home, _ => true);

        made.ShouldBe([_home.Secret("api-token"), _home.Secret("api-tokens"), _home.Secret("bus-password"), _home.Configuration]);
        File.GetUnixFileMode(_home.Path).ShouldBe(OwnerOnly | UnixFileMode.UserExecute);
        File.GetUnixFileMode(Path.Combine(_home.Path, "secrets")).ShouldBe(OwnerOnly | UnixFileMode.UserExecute);
        made.Take(3).ShouldAllBe(file => File.GetUnixFileMode(file) == OwnerOnly);
    }

    [Fact]
    public void Prepare_NothingThere_SecretsAreLongAndTheHashFitsTheToken()
    {
        HomeSetup.Prepare(_home, _ => true);

        var token = Read("api-token");
        token.ShouldMatch("^[0-9a-f]{64}$");
        Read("bus-password").ShouldMatch("^[0-9a-f]{64}$");
        Read("bus-password").ShouldNotBe(token);
        Read("api-tokens").ShouldBe($"owner sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}");
    }

    [Fact]
    public void Prepare_Twice_ChangesNothing()
    {
        HomeSetup.Prepare(_home, _ => true);
        var before = Everything();

        HomeSetup.Prepare(_home, _ => true).ShouldBeEmpty();

        Everything().ShouldBe(before);
    }

    [Fact]
    public void Prepare_SomeThere_OnlyTheRestIsMade()
    {
        _folder.Write("home/mambo.yml", "api:\n  listen: 127.0.0.1:9999\n");
        _folder.Write("home/secrets/api-token", "mine");

        var made = HomeSetup.Prepare(_home, _ => true);

        made.ShouldBe([_home.Secret("api-tokens"), _home.Secret("bus-password")]);
        File.ReadAllText(_home.Configuration).ShouldBe("api:\n  listen: 127.0.0.1:9999\n");
        Read("api-tokens").ShouldBe($"owner sha256:{Convert.ToHexStringLower(SHA256.HashData("mine"u8))}");
    }

    [Fact]
    public void Prepare_HashesWithoutToken_SaysWhatToDo()
    {
        _folder.Write("home/secrets/api-tokens", "owner sha256:00");

        var failure = Should.Throw<CommandFailure>(() => HomeSetup.Prepare(_home, _ => true));

        failure.Message.ShouldBe($"{_home.Secret("api-tokens")} is there, {_home.Secret("api-token")} is not.");
    }

    [Fact]
    public void Prepare_HomeIsAFile_SaysWhatToDo()
    {
        _folder.Write("home");

        var failure = Should.Throw<CommandFailure>(() => HomeSetup.Prepare(_home, _ => true));

        failure.Message.ShouldStartWith($"The home {_home.Path} cannot be prepared: ");
    }

    [Fact]
    public void Prepare_Home_ConfiguresThePortsOfItsPath()
    {
        var ports = PortPair.Of(_home.Path, _ => true);

        HomeSetup.Prepare(_home, _ => true);

        File.ReadAllLines(_home.Configuration).Where(line => !line.StartsWith('#')).ShouldBe(
            ["api:", $"  listen: 127.0.0.1:{ports.Api}", "edge:", $"  listen: 127.0.0.1:{ports.Edge}"]);
    }

    [Fact]
    public void PortPair_AnyPath_IsEvenAndOddBelowTheEphemeralPorts()
    {
        var pairs = Enumerable.Range(0, 500).Select(number => PortPair.Of($"/srv/{number}/.mambo", _ => true)).ToList();

        pairs.ShouldAllBe(pair => pair.Api % 2 == 0 && pair.Edge == pair.Api + 1 && pair.Api >= 20_000 && pair.Edge < 30_000);
        PortPair.Of("/srv/1/.mambo", _ => true).ShouldBe(pairs[1]);
        pairs.Distinct().Count().ShouldBeGreaterThan(450);
    }

    [Fact]
    public void PortPair_Taken_TakesTheNextFreePair()
    {
        var first = PortPair.Of("/a", _ => true);

        PortPair.Of("/a", port => port != first.Edge).Api.ShouldBe(first.Api + 2);
        Should.Throw<CommandFailure>(() => PortPair.Of("/a", _ => false));
    }

    private string Read(string secret) => File.ReadAllText(_home.Secret(secret)).TrimEnd('\n');

    private List<(string, string, DateTime)> Everything() =>
        [.. Directory.EnumerateFiles(_home.Path, "*", SearchOption.AllDirectories).Order().Select(file => (file, File.ReadAllText(file), File.GetLastWriteTimeUtc(file)))];
}
