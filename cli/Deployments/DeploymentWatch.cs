using System.Text.Json;

using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;
using Mambo.Cli.Timeline;
using Mambo.Contracts;

using Spectre.Console;

namespace Mambo.Cli.Deployments;

/// <summary>Follows one deployment to its end, step by step.</summary>
internal static class DeploymentWatch
{
    /// <summary>Returns the deployment as the platform shows it after its end.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up; the deployment goes on.</exception>
    public static async Task<JsonElement> EndAsync(Screen screen, Door door, Guid deployment, TimeProvider time, CancellationToken ct)
    {
        var progress = new DeploymentProgress();
        if (screen.IsLive)
            await screen.Live.Status().StartAsync(Markup.Escape(progress.Waiting), status => FollowAsync(screen, door, deployment, progress, time, () => status.Status(Markup.Escape(progress.Waiting)), ct));
        else
            await FollowAsync(screen, door, deployment, progress, time, () => { }, ct);
        return await door.GetAsync($"/api/deployments/{deployment}", ct);
    }

    private static async Task FollowAsync(Screen screen, Door door, Guid deployment, DeploymentProgress progress, TimeProvider time, Action onNext, CancellationToken ct)
    {
        var stream = EventStream.Of(door, $"/api/events?deployment={deployment}", time);
        await foreach (var item in stream.ReadAsync(_ => { }, ct))
        {
            var told = JsonSerializer.Deserialize<EventDocument>(item.Data, WireJson.Options)!;
            if (progress.Take(told.Type, told.Body) is var (step, took))
                screen.Line($"[green]✔[/] {step}  {took}");
            if (progress.HasEnded)
                return;
            onNext();
        }
    }
}
