using System.CommandLine;

using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;

namespace Mambo.Cli.Previews;

/// <summary><c>mambo previews</c>.</summary>
internal sealed class PreviewsCommand(Globals globals) : CliCommand(
    globals, "previews", "List previews and how long each stays; one is made or renewed by mambo deploy --preview", "mambo previews", "mambo remove shop-pr-12 --volumes        before its time")
{
    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        using var door = session.OpenDoor();
        var apps = await door.GetAsync("/api/apps", ct);
        var previews = apps.EnumerateArray().Where(app => app.As<AppDocument>() is { PreviewOf: not null, State: not "removed" }).ToList();
        if (session.Screen.IsJson)
            session.Screen.Json(previews);
        else
            session.Screen.Lines(Lines([.. previews.Select(preview => preview.As<AppDocument>())], session.Surroundings.Time.GetUtcNow()));
        return ExitCode.Done;
    }

    internal static IEnumerable<string> Lines(IReadOnlyList<AppDocument> previews, DateTimeOffset now) => previews.Count == 0
        ? ["There is no preview. Make one with: mambo deploy FOLDER --preview NAME --ttl 3d"]
        : Columns.Lines(["PREVIEW", "OF", "RELEASE", "URL", "LEFT"], [.. previews.OrderBy(preview => preview.ExpiresAt).Select(preview => (string[])
            [preview.App, preview.PreviewOf!, $"{preview.Release}", preview.Urls is [var url, ..] ? url.ToString() : "-", Left(preview.ExpiresAt - now)])]);

    private static string Left(TimeSpan? left) => left switch
    {
        null => "-",
        { Ticks: <= 0 } => "being removed",
        { TotalDays: >= 2 } days => $"{(int)days.TotalDays} days",
        { } span => HumanTime.Of(span),
    };
}
