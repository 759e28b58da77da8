using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json;

using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;
using Mambo.Contracts;

namespace Mambo.Cli.Logs;

/// <summary><c>mambo logs</c>.</summary>
internal sealed class LogsCommand : CliCommand
{
    private const int UsualLines = 200;
    private const int MostLines = 100_000;

    private static readonly string[] Colours = ["cyan", "yellow", "green", "magenta", "blue", "red"];

    private readonly Argument<string> _app = AppArgument.Required();

    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on with what is printed, across deployments, until Ctrl-C" };

    private readonly Option<string?> _service = new("--service") { Description = "Only this compose service", HelpName = "name" };

    private readonly Option<string?> _since = new("--since") { Description = "Only what is not older: 90s, 10m, 2h", HelpName = "time" };

    private readonly Option<int?> _tail = new("--tail") { Description = "At most so many lines of each container. Default: 200; with --since all", HelpName = "number" };

    public LogsCommand(Globals globals)
        : base(globals, "logs", "Print what an app's containers print, with service and release in front; asks the Docker Engine of this machine or of DOCKER_HOST",
            "mambo logs shop                        the last 200 lines of each container",
            "mambo logs shop -f --service web       what web prints, across deployments",
            "mambo logs shop --since 10m --json     one JSON object a line")
    {
        _since.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !HumanTime.TryParse(text, out _))
                result.AddError("--since must be a whole number and s, m or h, such as 90s or 10m, up to 168h.");
        });
        _tail.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > MostLines)
                result.AddError($"--tail must be a whole number from 0 to {MostLines}.");
        });
        Add(_app);
        foreach (var option in (Option[])[_follow, _service, _since, _tail])
            Add(option);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        using var door = session.OpenDoor();
        var app = (await door.GetAsync($"/api/apps/{Uri.EscapeDataString(parsed.GetRequiredValue(_app))}", ct)).As<AppDocument>();
        using var engine = new Engine(session.Surroundings);
        var (time, since) = (session.Surroundings.Time, parsed.GetValue(_since));
        var logs = new AppLogs(engine, app.Project, parsed.GetValue(_service), Since(time, since), parsed.GetValue(_tail) ?? (since is null ? UsualLines : null), time);
        var colours = new Dictionary<string, string>(StringComparer.Ordinal);
        var width = 0;
        if (!parsed.GetValue(_follow))
        {
            await logs.WriteAsync(Write, ct);
            return ExitCode.Done;
        }

        try
        {
            await logs.FollowAsync(Write, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Ctrl-C is how it is meant to end.
        }

        return ExitCode.Done;

        void Write(LogLine line)
        {
            var container = line.Container;
            if (session.Screen.IsJson)
            {
                var document = new { at = line.At, service = container.Service, container = container.Name, release = container.Release, line = line.Text };
                session.Screen.JsonLine(JsonSerializer.Serialize(document, WireJson.Options));
                return;
            }

            if (!colours.TryGetValue(container.Service, out var colour))
                colours[container.Service] = colour = Colours[colours.Count % Colours.Length];
            width = Math.Max(width, container.Speaker.Length);
            session.Screen.Line(FormattableStringFactory.Create($"[{colour}]{{0}} |[/] {{1}}", container.Speaker.PadRight(width), line.Text));
        }
    }

    private static string? Since(TimeProvider time, string? length) =>
        length is not null && HumanTime.TryParse(length, out var span) ? (time.GetUtcNow() - span).ToUnixTimeSeconds().ToString() : null;
}
