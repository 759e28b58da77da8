using System.CommandLine;
using System.Globalization;

using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;

namespace Mambo.Cli.Tokens;

/// <summary><c>mambo token</c>.</summary>
internal static class TokenCommand
{
    public static Command Of(Globals globals)
    {
        var command = new Command("token", "Tokens that deploy one app, until they end or are revoked")
        {
            new CreateTokenCommand(globals), new ListTokensCommand(globals), new RevokeTokenCommand(globals),
        };
        Examples.AddTo(command,
            "mambo token create --name ci --app shop --expires 90d",
            "mambo token list",
            "mambo token revoke ci");
        return command;
    }
}

/// <summary><c>mambo token create</c>.</summary>
internal sealed class CreateTokenCommand : CliCommand
{
    private readonly Option<string> _name = new("--name") { Description = "Its name, which the timeline shows as who asked", HelpName = "name", Required = true };

    private readonly Option<string> _app = new("--app") { Description = "The only app it may deploy", HelpName = "name", Required = true };

    private readonly Option<string> _expires = new("--expires") { Description = "How long it lives: 12h, 90d, up to 366d", HelpName = "time", DefaultValueFactory = _ => "90d" };

    public CreateTokenCommand(Globals globals)
        : base(globals, "create", "Make a token for one app and show it, this once", "mambo token create --name ci --app shop --expires 90d")
    {
        _expires.Validators.Add(result =>
        {
            if (Lifetime(result.GetValueOrDefault<string>()) is null)
                result.AddError("--expires must be a whole number and h or d, such as 12h or 90d, up to 366d.");
        });
        foreach (var option in (Option[])[_name, _app, _expires])
            Add(option);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var (name, app) = (parsed.GetRequiredValue(_name), parsed.GetRequiredValue(_app));
        var expiresAt = session.Surroundings.Time.GetUtcNow() + Lifetime(parsed.GetRequiredValue(_expires))!.Value;
        using var door = session.OpenDoor();
        var answer = await door.PostAsync("/api/tokens", new { name, app, expiresAt }, idempotencyKey: null, ct);
        if (session.Screen.IsJson)
            session.Screen.Json(answer);
        var token = answer.As<NewTokenDocument>();
        session.Screen.Line($"[green]✔[/] token {token.Name} may deploy {token.App} until {session.Screen.Time(token.ExpiresAt)}");
        session.Screen.Line($"{token.Token}");
        session.Screen.Line($"  It is not shown again. Put it into MAMBO_TOKEN where it is used.");
        return ExitCode.Done;
    }

    /// <summary>Null: it is none.</summary>
    internal static TimeSpan? Lifetime(string? text)
    {
        if (text is not { Length: >= 2 and <= 5 } || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
            return null;
        TimeSpan? span = text[^1] switch { 'h' => TimeSpan.FromHours(count), 'd' => TimeSpan.FromDays(count), _ => null };
        return span <= TimeSpan.FromDays(366) ? span : null;
    }
}

/// <summary><c>mambo token list</c>.</summary>
internal sealed class ListTokensCommand(Globals globals) : CliCommand(globals, "list", "List the tokens for one app", "mambo token list")
{
    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        using var door = session.OpenDoor();
        var document = await door.GetAsync("/api/tokens", ct);
        if (session.Screen.IsJson)
            session.Screen.Json(document);
        else
            session.Screen.Lines(Lines(document.As<TokensDocument>(), session.Surroundings.Time.GetUtcNow(), session.Screen.Time));
        return ExitCode.Done;
    }

    internal static IEnumerable<string> Lines(TokensDocument document, DateTimeOffset now, Func<DateTimeOffset, string> time) => Columns.Lines(
        ["NAME", "APP", "ENDS", "BY", "MADE"],
        [.. document.Tokens.Select(token => (string[])
            [token.Name, token.App, $"{time(token.ExpiresAt)}{(token.ExpiresAt <= now ? " (ended)" : "")}", token.CreatedBy, time(token.CreatedAt)])]);
}

/// <summary><c>mambo token revoke</c>.</summary>
internal sealed class RevokeTokenCommand : CliCommand
{
    private readonly Argument<string> _name = new("name") { Description = "The token, as mambo token list shows it" };

    public RevokeTokenCommand(Globals globals)
        : base(globals, "revoke", "Revoke a token; from then on it opens nothing", "mambo token revoke ci")
    {
        Add(_name);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var name = parsed.GetRequiredValue(_name);
        using var door = session.OpenDoor();
        if (!await door.DeleteAsync($"/api/tokens/{Uri.EscapeDataString(name)}", ct))
            throw new CommandFailure($"There is no token {name}.", ["mambo token list shows those there are; a token of the secret api-tokens is revoked there."]);
        if (session.Screen.IsJson)
            session.Screen.Json(new { name, revoked = true });
        session.Screen.Line($"[green]✔[/] token {name} is revoked");
        return ExitCode.Done;
    }
}
