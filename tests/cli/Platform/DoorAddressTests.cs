using Mambo.Cli.Platform;

namespace Mambo.Cli.Tests.Platform;

public sealed class DoorAddressTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Status_NothingRuns_SaysHowToStart() => (await CommandRun.OfAsync([], "status", "--home", _folder.Path)).ShouldBe(new CommandRun(
        1, "", $"mambo: No platform runs on {_folder.Path}.\n  Start it with: mambo up --detach\n  Another one: mambo --home FOLDER …, or set MAMBO_API and MAMBO_TOKEN.\n"));

    [Fact]
    public async Task Status_ProcessOfTheRunFileIsGone_NamesTheLog()
    {
        _folder.Write("run/mambo.json", """{"service":"mambo","pid":1,"version":"0.1.0","platform":"mambo","startedAt":"2026-11-25T03:40:07Z","listeners":{"api":"http://127.0.0.1:1"}}""");

        var run = await CommandRun.OfAsync([], "status", "--home", _folder.Path);

        run.Code.ShouldBe(1);
        run.Error.ShouldContain($"The last one ended without saying so; its log is {_folder["logs/mambo.log"]}.");
    }

    [Fact]
    public async Task Status_BackofficeOfADistributedPlatform_IsFoundWithItsToken()
    {
        using var door = new PlayedDoor();
        door.Answer("GET /api/platform", 401);
        RunFile(door.Address);
        _folder.Write("secrets/api-token", "token-of-the-home\n");

        var run = await CommandRun.OfAsync([], "status", "--home", _folder.Path);

        run.Error.ShouldStartWith($"mambo: The platform at {door.Address} does not accept the token from {_folder["secrets/api-token"]}.\n");
        door.Requests.Single().Headers["Authorization"].ShouldBe("Bearer token-of-the-home");
    }

    [Fact]
    public async Task Status_NobodyAnswers_SaysSo()
    {
        RunFile(new Uri("http://127.0.0.1:1/"));
        _folder.Write("secrets/api-token", "token");

        var run = await CommandRun.OfAsync([], "status", "--home", _folder.Path);

        run.Code.ShouldBe(1);
        run.Error.ShouldStartWith("mambo: The platform at http://127.0.0.1:1/ does not answer: Connection refused.\n");
    }

    [Fact]
    public async Task Status_NoToken_NamesTheFile()
    {
        RunFile(new Uri("http://127.0.0.1:1/"));

        (await CommandRun.OfAsync([], "status", "--home", _folder.Path)).Error.ShouldStartWith($"mambo: The token in {_folder["secrets/api-token"]} cannot be read: ");
    }

    [Theory]
    [InlineData("mambo.example.org", "t", "mambo: MAMBO_API must be a base address such as https://mambo.example.org, without user and password.")]
    [InlineData("https://me:hunter2@mambo.example.org", "t", "mambo: MAMBO_API must be a base address such as https://mambo.example.org, without user and password.")]
    [InlineData("https://mambo.example.org", "", "mambo: MAMBO_API is set, but MAMBO_TOKEN is not.")]
    public async Task Status_RemoteHalfGiven_IsWrongUsage(string api, string token, string expected)
    {
        var run = await CommandRun.OfAsync(new() { ["MAMBO_API"] = api, ["MAMBO_TOKEN"] = token }, "status");

        (run.Code, run.Error.Split('\n')[0]).ShouldBe((2, expected));
        run.Error.ShouldNotContain("hunter2");
    }

    [Fact]
    public void Home_WithoutOption_IsOfTheVariableThenOfTheRepository()
    {
        Find(null, new() { ["MAMBO_HOME"] = "state", ["MAMBO_REPOSITORY"] = "/r" }).ShouldBe("/state");
        Find("mine/", new() { ["MAMBO_HOME"] = "state" }).ShouldBe("/mine");
        Find(null, new() { ["MAMBO_REPOSITORY"] = "/r" }).ShouldBe("/r/.mambo");

        static string Find(string? given, Dictionary<string, string> variables) => PlatformHome.Find(CommandRun.Surroundings(TextWriter.Null, TextWriter.Null, variables), given).Path;
    }

    [Fact]
    public async Task Answer_NotOfAPlatform_SaysSo()
    {
        using var door = new PlayedDoor();
        door.Answer("GET /api/platform", 502, "<html>", "text/html");

        (await CommandRun.OfAsync(door.Variables, "status")).Error.ShouldBe($"mambo: {door.Address} answered 502 Bad Gateway; that is no answer of a Mambo platform.\n");
    }

    private void RunFile(Uri api) =>
        _folder.Write("run/backoffice.json", $$$"""{"service":"backoffice","pid":1,"version":"0.1.0","platform":"mambo","startedAt":"2026-11-25T03:40:07Z","listeners":{"api":"{{{api}}}"}}""");
}
