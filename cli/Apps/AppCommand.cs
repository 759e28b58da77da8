using System.CommandLine;

using Mambo.Cli.Deployments;
using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;

namespace Mambo.Cli.Apps;

/// <summary>A command that asks for something to be done to an app as a whole, and waits until it is.</summary>
internal abstract class AppCommand : CliCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly Argument<string> _app = AppArgument.Required();

    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Return when it is asked for, not when it is done" };

    protected AppCommand(Globals globals, string name, string description, params string[] examples)
        : base(globals, name, description, examples)
    {
        Add(_app);
        Add(_noWait);
    }

    /// <summary>What the platform is to know besides the app.</summary>
    /// <exception cref="CommandFailure">What was asked for makes no sense.</exception>
    protected virtual object Body(ParseResult parsed) => new { };

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var (screen, app, body) = (session.Screen, parsed.GetRequiredValue(_app), Body(parsed));
        using var door = session.OpenDoor();
        var answer = await door.PostAsync($"/api/apps/{Uri.EscapeDataString(app)}/{Name}", body, idempotencyKey: null, ct);
        var accepted = answer.As<AcceptedDocument>();
        screen.Line($"[green]✔[/] {Name} {accepted.DeploymentId} of {accepted.App}");
        if (parsed.GetValue(_noWait))
        {
            if (screen.IsJson)
                screen.Json(answer);
            return ExitCode.Done;
        }

        var ended = await new Deployment(screen, door, session.Surroundings.Time).WaitAsync(accepted, Patience, ct);
        if (screen.IsJson)
            screen.Json(ended);
        return Deployment.Succeeded(ended) ? ExitCode.Done : ExitCode.Failed;
    }
}
