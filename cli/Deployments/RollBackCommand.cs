using System.CommandLine;

using Mambo.Cli.Platform;

namespace Mambo.Cli.Deployments;

/// <summary><c>mambo rollback</c>.</summary>
internal sealed class RollBackCommand : CliCommand
{
    private readonly Argument<string> _app = new("app") { Description = "The app" };

    private readonly Option<int?> _to = new("--to") { Description = "The release to go back to, as mambo releases shows it. Default: the one before", HelpName = "release" };

    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Return when it is asked for, not when it is done" };

    public RollBackCommand(Globals globals)
        : base(globals, "rollback", "Bring an app back to an earlier release, with its bundle, images and settings",
            "mambo rollback shop               to the release before; under a second shortly after a deployment",
            "mambo rollback shop --to 41       to any release that is kept")
    {
        Add(_app);
        Add(_to);
        Add(_noWait);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var (screen, time, app) = (session.Screen, session.Surroundings.Time, parsed.GetRequiredValue(_app));
        using var door = session.OpenDoor();
        var answer = await door.PostAsync($"/api/apps/{Uri.EscapeDataString(app)}/rollback", new { toRelease = parsed.GetValue(_to) }, idempotencyKey: null, ct);
        var accepted = answer.As<AcceptedDocument>();
        screen.Line($"[green]✔[/] rollback {accepted.DeploymentId} of {accepted.App}");
        if (parsed.GetValue(_noWait))
        {
            if (screen.IsJson)
                screen.Json(answer);
            return ExitCode.Done;
        }

        var ended = await new Deployment(screen, door, time).WaitAsync(accepted, Patience, ct);
        if (screen.IsJson)
            screen.Json(ended);
        return Deployment.Succeeded(ended) ? ExitCode.Done : ExitCode.Failed;
    }

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
}
