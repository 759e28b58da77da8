using System.CommandLine;

namespace Mambo.Cli.Deployments;

/// <summary><c>mambo cancel</c>.</summary>
internal sealed class CancelCommand : CliCommand
{
    private readonly Argument<Guid> _deployment = new("id") { Description = "The deployment, as mambo deploy and mambo status show it" };

    private readonly Option<string?> _why = new("--why") { Description = "The reason, for the timeline", HelpName = "text" };

    public CancelCommand(Globals globals)
        : base(globals, "cancel", "Stop a deployment that has not ended; what it did is undone and the previous release serves",
            "mambo cancel 01997f2e-4c8e-7d1b-9f43-1f6f0f2d8a10 --why \"wrong branch\"")
    {
        Add(_deployment);
        Add(_why);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var deployment = parsed.GetRequiredValue(_deployment);
        using var door = session.OpenDoor();
        var answer = await door.PostAsync($"/api/deployments/{deployment}/cancel", new { reason = parsed.GetValue(_why) }, idempotencyKey: null, ct);
        if (session.Screen.IsJson)
            session.Screen.Json(answer);
        session.Screen.Line($"[green]✔[/] asked to stop deployment {deployment}; mambo events --follow shows how it ends");
        return ExitCode.Done;
    }
}
