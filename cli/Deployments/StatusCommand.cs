using System.CommandLine;

using Mambo.Cli.Platform;
using Mambo.Cli.Running;
using Mambo.Cli.Terminal;

namespace Mambo.Cli.Deployments;

/// <summary><c>mambo status</c>.</summary>
internal sealed class StatusCommand(Globals globals) : CliCommand(
    globals, "status", "Show the platform, what it serves, and the deployments under way",
    "mambo status",
    "mambo status --json | jq -r '.apps[].urls[]'")
{
    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        using var door = session.OpenDoor();
        var platform = await door.GetAsync("/api/platform", ct);
        var apps = await door.GetAsync("/api/apps", ct);
        var newest = (await door.GetAsync("/api/deployments?limit=200", ct)).GetProperty("deployments");
        var underWay = newest.EnumerateArray().Where(deployment => !deployment.As<DeploymentDocument>().HasEnded).ToList();
        var engine = door.Address.Home is null ? null : await DockerEngine.VersionAsync(ct);
        if (session.Screen.IsJson)
            session.Screen.Json(new { platform, engine, api = door.Address.Api, apps, deployments = underWay });
        else
            session.Screen.Lines(Lines(platform.As<PlatformDocument>(), engine, door.Address.Api, apps.As<List<AppDocument>>(), [.. underWay.Select(item => item.As<DeploymentDocument>())], session.Screen.Time));
        return ExitCode.Done;
    }

    internal static IEnumerable<string> Lines(
        PlatformDocument platform, string? engine, Uri api, IReadOnlyList<AppDocument> apps, IReadOnlyList<DeploymentDocument> underWay, Func<DateTimeOffset, string> time)
    {
        yield return $"{platform.Name} {platform.Version} on host {platform.Host}{(engine is null ? "" : $", Docker Engine {engine}")}";
        yield return $"  API  {api}";
        yield return $"  edge {platform.Edge?.ToString() ?? "-"}, apps under {platform.Domain}";
        yield return "";
        if (apps.Count == 0)
            yield return "No app is deployed. Deploy one with: mambo deploy FOLDER --wait";
        else
            foreach (var line in Columns.Lines(["APP", "RELEASE", "URL", "IMAGES", "BY", "DEPLOYED"], [.. apps.SelectMany(app => Rows(app, time))]))
                yield return line;
        foreach (var (app, warning) in apps.SelectMany(app => (app.Warnings ?? []).Select(warning => (app.App, warning))))
            yield return $"warning: {app}: {warning}";
        if (underWay.Count == 0)
            yield break;

        yield return "";
        foreach (var line in Columns.Lines(["DEPLOYMENT", "APP", "STATE", "STEP", "BY", "REQUESTED"], [.. underWay.Select(deployment => Row(deployment, time))]))
            yield return line;
    }

    /// <summary>An app with several addresses takes as many rows.</summary>
    private static IEnumerable<string[]> Rows(AppDocument app, Func<DateTimeOffset, string> time)
    {
        var urls = app.Urls is { Count: > 0 } some ? some.Select(url => url.ToString()).ToList() : ["-"];
        yield return [app.App, app.Release.ToString(), urls[0], ImageNames.Of(app.Images), app.RequestedBy ?? "-", time(app.DeployedAt)];
        foreach (var url in urls.Skip(1))
            yield return ["", "", url, "", "", ""];
    }

    private static string[] Row(DeploymentDocument deployment, Func<DateTimeOffset, string> time) =>
    [
        deployment.DeploymentId.ToString(), deployment.App, deployment.State, deployment.Steps?.FirstOrDefault(step => step.State is "running")?.Name ?? "-", deployment.RequestedBy ?? "-",
        time(deployment.RequestedAt),
    ];
}
