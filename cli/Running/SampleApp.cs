using Mambo.Cli.Deployments;
using Mambo.Cli.Platform;

namespace Mambo.Cli.Running;

/// <summary>The app <c>mambo up</c> deploys, so that there is something to look at.</summary>
internal static class SampleApp
{
    private const string Name = "mambo-cloud";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>Deploys it with progress and returns the exit code.</summary>
    public static async Task<int> DeployAsync(Session session, bool onlyWhenMissing, CancellationToken ct)
    {
        var (screen, time) = (session.Screen, session.Surroundings.Time);
        var folder = session.InRepository($"compose/apps/{Name}");
        using var door = session.OpenDoor();
        if (onlyWhenMissing && (await door.GetAsync("/api/apps", ct)).As<List<AppDocument>>().Find(app => app.App == Name) is { } there)
        {
            screen.Line($"[green]✔[/] {Name} release {there.Release} serves");
            screen.Lines((there.Urls ?? []).Select(url => $"  {url}"));
            return ExitCode.Done;
        }

        var request = DeployRequest.Of(folder, [], [], commit: null);
        var bundle = await BundleUpload.SendAsync(screen, door, folder, time, ct);
        var deployment = new Deployment(screen, door, time);
        var ended = await deployment.WaitAsync(await deployment.RequestAsync(Name, bundle, request, ct), Limit, ct);
        return Deployment.Succeeded(ended) ? ExitCode.Done : ExitCode.Failed;
    }
}
