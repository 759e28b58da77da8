using System.Text.Json;

namespace Mambo.Cli.Tests.Secrets;

public sealed class SecretsTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    private Dictionary<string, string> Variables => new() { ["MAMBO_HOME"] = _home.Path };

    [Fact]
    public async Task Set_StandardInput_IsKeptForTheOwnerOnlyAndNeverShown()
    {
        var run = await CommandRun.WithInputAsync("tiger\n", Variables, "secrets", "set", "shop", "db-password");

        run.ShouldBe(new CommandRun(0, "✔ db-password of shop, version 1. The next deployment of shop takes it.\n", ""));
        var file = _home["app-secrets/shop/db-password"];
        (File.ReadAllText(file), File.GetUnixFileMode(file)).ShouldBe(("tiger", OwnerOnly));
        File.GetUnixFileMode(_home["app-secrets/shop"]).ShouldBe(OwnerOnly | UnixFileMode.UserExecute);
        File.GetUnixFileMode(_home["app-secrets"]).ShouldBe(OwnerOnly | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Set_File_IsTakenByteByByte()
    {
        var key = _home.Write("key.pem", "line\n\n");

        (await CommandRun.OfAsync(Variables, "secrets", "set", "shop", "TLS_KEY", "--from-file", key)).Code.ShouldBe(0);

        File.ReadAllText(_home["app-secrets/shop/TLS_KEY"]).ShouldBe("line\n\n");
    }

    [Fact]
    public async Task Set_AgainAndAfterRemoval_CountsOn()
    {
        foreach (var value in new[] { "one", "two" })
            await CommandRun.WithInputAsync(value, Variables, "secrets", "set", "shop", "token");
        (await CommandRun.OfAsync(Variables, "secrets", "remove", "shop", "token")).Code.ShouldBe(0);
        File.Exists(_home["app-secrets/shop/token"]).ShouldBeFalse();
        (await CommandRun.OfAsync(Variables, "secrets", "remove", "shop", "token")).Error.ShouldStartWith("mambo: shop has no secret token.\n");

        await CommandRun.WithInputAsync("three", Variables, "secrets", "set", "shop", "token");
        await CommandRun.WithInputAsync("x", Variables, "secrets", "set", "blog", "key");

        var list = JsonSerializer.Deserialize<JsonElement>((await CommandRun.OfAsync(Variables, "secrets", "list", "--json")).Output).EnumerateArray();
        list.Select(one => $"{one.GetProperty("app")}/{one.GetProperty("name")} {one.GetProperty("version")}").ShouldBe(["blog/key 1", "shop/token 3"]);
        (await CommandRun.OfAsync(Variables, "secrets", "list", "shop")).Output.ShouldMatch("^APP   SECRET  VERSION  SET\nshop  token   3        20.*UTC\n$");
    }

    [Theory]
    [InlineData("", "It is empty. Nothing was changed.", "shop", "token")]
    [InlineData("x", "\"../token\" is no name of a secret.", "shop", "../token")]
    [InlineData("x", "\"token.version\" is no name of a secret.", "shop", "token.version")]
    [InlineData("x", "\"..\" is no app name", "..", "token")]
    [InlineData("x", "There is no file /none.", "shop", "token", "--from-file", "/none")]
    public async Task Set_WrongUsage_SaysWhatAndChangesNothing(string input, string problem, params string[] args)
    {
        var run = await CommandRun.WithInputAsync(input, Variables, ["secrets", "set", .. args]);

        run.Code.ShouldBe(2);
        run.Error.ShouldContain(problem);
        Directory.GetFileSystemEntries(_home.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Set_TooMuch_IsRefused() =>
        (await CommandRun.WithInputAsync(new string('x', 512_001), Variables, "secrets", "set", "shop", "token")).Code.ShouldBe(2);

    [Fact]
    public async Task Set_OtherMachine_SaysWhereItIsDone()
    {
        var run = await CommandRun.WithInputAsync("x", new() { ["MAMBO_HOME"] = "/nowhere" }, "secrets", "set", "shop", "token");

        run.ShouldBe(new CommandRun(1, "", "mambo: There is no home /nowhere on this machine.\n  Secrets are set on the machine the platform runs on: log in there, or name its home with --home or MAMBO_HOME.\n"));
    }
}
