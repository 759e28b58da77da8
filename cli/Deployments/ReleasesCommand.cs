using System.CommandLine;

using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;

namespace Mambo.Cli.Deployments;

/// <summary><c>mambo releases</c>.</summary>
internal sealed class ReleasesCommand : CliCommand
{
    private readonly Argument<string> _app = AppArgument.Required();

    public ReleasesCommand(Globals globals)
        : base(globals, "releases", "List an app's releases, newest first; the one that serves is marked", "mambo releases shop")
    {
        Add(_app);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        using var door = session.OpenDoor();
        var document = await door.GetAsync($"/api/apps/{Uri.EscapeDataString(parsed.GetRequiredValue(_app))}/releases", ct);
        if (session.Screen.IsJson)
            session.Screen.Json(document);
        else
            session.Screen.Lines(Lines(document.As<ReleasesDocument>(), session.Screen.Time));
        return ExitCode.Done;
    }

    internal static IEnumerable<string> Lines(ReleasesDocument document, Func<DateTimeOffset, string> time) => Columns.Lines(
        ["RELEASE", "IMAGES", "COMMIT", "TOOK", "BY", "DEPLOYED"],
        [.. document.Releases.Select(release => (string[])
        [
            $"{release.Release}{(release.Current ? " *" : "")}", ImageNames.Of(release.Images), release.Commit ?? "-", release.Seconds is { } seconds ? HumanTime.Seconds(seconds) : "-",
            release.RequestedBy ?? "-", time(release.DeployedAt),
        ])]);
}
