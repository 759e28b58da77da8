using System.Text.Json;

using Mambo.Cli.Platform;
using Mambo.Cli.Tokens;

namespace Mambo.Cli.Tests.Tokens;

public sealed class TokenCommandTests : IDisposable
{
    private readonly PlayedDoor _door = new();

    public void Dispose() => _door.Dispose();

    [Fact]
    public async Task Create_AToken_IsAskedForAndShown()
    {
        _door.Answer("POST /api/tokens", 201, """{"token":"mbt_abc","name":"ci","app":"shop","expiresAt":"2027-02-23T03:40:07+00:00"}""");

        var run = await CommandRun.OfAsync(_door.Variables, "token", "create", "--name", "ci", "--app", "shop", "--expires", "12h");

        (run.Code, run.Error).ShouldBe((0, ""));
        run.Output.ShouldBe("✔ token ci may deploy shop until 2027-02-23 03:40:07 UTC\nmbt_abc\n  It is not shown again. Put it into MAMBO_TOKEN where it is used.\n");
        var asked = JsonSerializer.Deserialize<JsonElement>(_door.Requests.ShouldHaveSingleItem().Body);
        (asked.GetProperty("name").GetString(), asked.GetProperty("app").GetString()).ShouldBe(("ci", "shop"));
        (asked.GetProperty("expiresAt").GetDateTimeOffset() - DateTimeOffset.UtcNow).TotalHours.ShouldBeInRange(11.9, 12);
    }

    [Fact]
    public async Task Create_Json_IsTheDocument()
    {
        _door.Answer("POST /api/tokens", 201, """{"token":"mbt_abc","name":"ci","app":"shop","expiresAt":"2027-02-23T03:40:07+00:00"}""");

        var run = await CommandRun.OfAsync(_door.Variables, "token", "create", "--name", "ci", "--app", "shop", "--json");

        JsonSerializer.Deserialize<JsonElement>(run.Output).GetProperty("token").GetString().ShouldBe("mbt_abc");
    }

    [Fact]
    public async Task Create_NameTaken_EndsWith1AndTheReason()
    {
        _door.Answer("POST /api/tokens", 409, """{"title":"Conflict","status":409,"detail":"There is a token ci already. Revoke it first, or use another name."}""", "application/problem+json");

        var run = await CommandRun.OfAsync(_door.Variables, "token", "create", "--name", "ci", "--app", "shop");

        (run.Code, run.Output, run.Error).ShouldBe((1, "", "mambo: There is a token ci already. Revoke it first, or use another name.\n"));
    }

    [Fact]
    public void List_Tokens_ThoseThatEndedAreMarked() => ListTokensCommand.Lines(
        new TokensDocument(
        [
            new("ci", "shop", "owner", CommandRun.At(), CommandRun.At(86_400)),
            new("old", "notes", "owner", CommandRun.At(-86_400), CommandRun.At()),
        ]),
        CommandRun.At(),
        CommandRun.UtcTime).ShouldBe(
    [
        "NAME  APP    ENDS                             BY     MADE",
        "ci    shop   2026-11-26 03:40:07 UTC          owner  2026-11-25 03:40:07 UTC",
        "old   notes  2026-11-25 03:40:07 UTC (ended)  owner  2026-11-24 03:40:07 UTC",
    ]);

    [Fact]
    public async Task Revoke_AToken_IsAskedFor()
    {
        _door.Answer("DELETE /api/tokens/ci", 204);

        var run = await CommandRun.OfAsync(_door.Variables, "token", "revoke", "ci");

        (run.Code, run.Output, run.Error).ShouldBe((0, "✔ token ci is revoked\n", ""));
    }

    [Fact]
    public async Task Revoke_NoSuchToken_EndsWith1AndSaysWhereToLook()
    {
        var run = await CommandRun.OfAsync(_door.Variables, "token", "revoke", "owner");

        (run.Code, run.Output).ShouldBe((1, ""));
        run.Error.ShouldBe("mambo: There is no token owner.\n  mambo token list shows those there are; a token of the secret api-tokens is revoked there.\n");
    }

    [Theory]
    [InlineData("1h", 1)]
    [InlineData("90d", 2160)]
    [InlineData("366d", 8784)]
    [InlineData("367d", null)]
    [InlineData("0d", null)]
    [InlineData("-1d", null)]
    [InlineData("d", null)]
    [InlineData("9", null)]
    [InlineData("15m", null)]
    public void Lifetime_Text_HoursOrNothing(string text, int? hours) => ((int?)CreateTokenCommand.Lifetime(text)?.TotalHours).ShouldBe(hours);
}
