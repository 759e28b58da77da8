using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;

using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;
using Mambo.Contracts;

namespace Mambo.Cli.Timeline;

/// <summary><c>mambo events</c>.</summary>
internal sealed class EventsCommand : CliCommand
{
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on with events as they happen, until Ctrl-C" };

    private readonly Option<bool> _verify = new("--verify") { Description = "Check that no event was changed, lost or added: exit code 1 when one was" };

    private readonly Option<string?> _app = new("--app") { Description = "Only events of this app", HelpName = "name" };

    private readonly Option<string?> _type = new("--type") { Description = "Only events of this kind", HelpName = "type" };

    private readonly Option<int> _count = new("-n") { Description = "How many of the newest", HelpName = "count", DefaultValueFactory = _ => 20, CustomParser = Count };

    public EventsCommand(Globals globals)
        : base(globals, "events", "Tell what happened: who asked for what, when, and how it ended",
            "mambo events                           the newest 20",
            "mambo events --follow --app shop       what happens to the app shop from now on",
            "mambo events --type deployment-failed -n 5 --json",
            "mambo events --verify                  whether the timeline is whole")
    {
        _type.CompletionSources.Add(_ => WireNames.Events.Select(WireNames.Of).Order(StringComparer.Ordinal));
        Validators.Add(result =>
        {
            if (result.GetValue(_verify) && (result.GetValue(_follow) || result.GetValue(_app) is not null || result.GetValue(_type) is not null))
                result.AddError("--verify checks the whole timeline: it goes with no other option.");
        });
        foreach (var option in (Option[])[_follow, _verify, _app, _type, _count])
            Add(option);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        using var door = session.OpenDoor();
        if (parsed.GetValue(_verify))
            return await VerifyAsync(session.Screen, door, ct);

        var query = $"/api/events?tail={parsed.GetValue(_count)}"
            + (parsed.GetValue(_app) is { } app ? $"&app={Uri.EscapeDataString(app)}" : "")
            + (parsed.GetValue(_type) is { } type ? $"&type={Uri.EscapeDataString(type)}" : "");
        if (parsed.GetValue(_follow))
            return await FollowAsync(session, door, query, ct);

        var page = await door.GetAsync(query, ct);
        if (session.Screen.IsJson)
            session.Screen.Json(page);
        else
            session.Screen.Lines(page.As<EventsDocument>().Events.Select(item => EventLine.Of(item, session.Screen.Time)));
        return ExitCode.Done;
    }

    private static int Count(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens[0].Value, out var count) && count is >= 0 and <= 500)
            return count;
        result.AddError("-n must be a whole number from 0 to 500.");
        return 0;
    }

    /// <summary>Ends with Ctrl-C, which is how it is meant to end.</summary>
    private static async Task<int> FollowAsync(Session session, Door door, string query, CancellationToken ct)
    {
        try
        {
            var stream = EventStream.Of(door, query, session.Surroundings.Time);
            await foreach (var item in stream.ReadAsync(reason => session.Screen.ErrorLine($"[yellow]The connection broke ({reason}); trying again.[/]"), ct))
            {
                if (session.Screen.IsJson)
                    session.Screen.JsonLine(item.Data);
                else
                    session.Screen.Lines([EventLine.Of(JsonSerializer.Deserialize<EventDocument>(item.Data, WireJson.Options)!, session.Screen.Time)]);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }

        return ExitCode.Done;
    }

    private static async Task<int> VerifyAsync(Screen screen, Door door, CancellationToken ct)
    {
        var document = await door.GetAsync("/api/events/verify", ct);
        var verdict = document.As<VerdictDocument>();
        if (screen.IsJson)
            screen.Json(document);
        else if (verdict.Ok)
            screen.Line($"[green]✔[/] The timeline is whole: {HumanSize.Count(verdict.Events, "event")}{(verdict.Head is { } head ? $", the newest has the hash {head}" : "")}.");
        if (verdict.Ok)
            return ExitCode.Done;
        screen.ErrorLine($"[red]✘ The timeline is broken{(verdict.Problem?.Seq is { } seq ? $" at event {seq}" : "")}:[/] {verdict.Problem?.Problem ?? "the platform does not say how"}");
        return ExitCode.Failed;
    }
}
