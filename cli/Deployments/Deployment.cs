using System.Text.Json;

using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;

namespace Mambo.Cli.Deployments;

/// <summary>Asks the platform for deployments and waits for them.</summary>
/// <param name="screen">Where progress is shown.</param>
/// <param name="door">The platform.</param>
/// <param name="time">The clock.</param>
internal sealed class Deployment(Screen screen, Door door, TimeProvider time)
{
    private const int Tries = 4;

    /// <summary>Asks for one app. The key makes it safe to ask again when the answer was lost.</summary>
    public async Task<AcceptedDocument> RequestAsync(string app, string? bundle, DeployRequest request, CancellationToken ct)
    {
        var key = Guid.NewGuid().ToString();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var accepted = (await door.PostAsync("/api/deployments", new { app, bundle, images = request.Images, commit = request.Commit, generation = request.Generation, preview = request.Preview, ttl = request.Ttl }, key, ct)).As<AcceptedDocument>();
                screen.Line($"[green]✔[/] deployment {accepted.DeploymentId} of {accepted.App}");
                return accepted;
            }
            catch (DoorUnreachable) when (attempt < Tries)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), time, ct);
            }
        }
    }

    /// <summary>Waits for its end, tells how it ended, and returns it.</summary>
    /// <exception cref="CommandFailure">The wait is over before the deployment: by Ctrl-C or by its limit.</exception>
    public async Task<JsonElement> WaitAsync(AcceptedDocument deployment, TimeSpan limit, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        JsonElement ended;
        try
        {
            ended = await DeploymentWatch.EndAsync(screen, door, deployment.DeploymentId, time, either.Token);
        }
        catch (OperationCanceledException)
        {
            throw new CommandFailure(
                ct.IsCancellationRequested ? $"Stopped waiting; deployment {deployment.DeploymentId} goes on." : $"Deployment {deployment.DeploymentId} has not ended within {HumanTime.Of(limit)}; it goes on.",
                [$"Follow it: mambo events --follow --app {deployment.App}", $"Stop it:   mambo cancel {deployment.DeploymentId}"]);
        }

        Report(ended.As<DeploymentDocument>());
        return ended;
    }

    /// <summary>Whether what was asked for is so.</summary>
    public static bool Succeeded(JsonElement deployment) => deployment.GetProperty("state").GetString() is "deployed" or "rolledBack" or "done";

    private void Report(DeploymentDocument deployment)
    {
        var lines = DeploymentReport.Lines(deployment).ToList();
        if (deployment.State is "deployed" or "rolledBack" or "done")
        {
            screen.Line($"[green]✔ {lines[0]}[/]");
            screen.Lines(lines.Skip(1));
            return;
        }

        screen.ErrorLine($"[red]✘ {lines[0]}[/]");
        foreach (var line in lines.Skip(1))
            screen.ErrorLine($"{line}");
    }
}
