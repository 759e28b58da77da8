using System.CommandLine;

using Mambo.Cli.Logs;
using Mambo.Cli.Platform;
using Mambo.Cli.Running;
using Mambo.Cli.Terminal;

namespace Mambo.Cli.Deployments;

/// <summary><c>mambo status</c>.</summary>
internal sealed class StatusCommand : CliCommand
{
    private readonly Argument<string?> _app = AppArgument.Optional("One app in detail. Default: the platform and all apps");

    public StatusCommand(Globals globals)
        : base(globals, "status", "Show the platform, what it serves, and the deployments under way; or one app with its containers",
            "mambo status",
            "mambo status shop                                release, containers with their health, lock, last deployments",
            "mambo status --json | jq -r '.apps[].urls[]'")
    {
        Add(_app);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        using var door = session.OpenDoor();
        if (parsed.GetValue(_app) is { } one)
            return await DetailAsync(session, door, one, ct);
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

    private static async Task<int> DetailAsync(Session session, Door door, string name, CancellationToken ct)
    {
        var app = await door.GetAsync($"/api/apps/{Uri.EscapeDataString(name)}", ct);
        var last = (await door.GetAsync($"/api/deployments?app={Uri.EscapeDataString(name)}&limit=5", ct)).GetProperty("deployments");
        var (containers, problem) = await ContainersAsync(session, app.As<AppDocument>().Project, ct);
        if (session.Screen.IsJson)
            session.Screen.Json(new { app, containers, deployments = last });
        else
            session.Screen.Lines(AppDetail.Lines(app.As<AppDocument>(), containers, problem, last.As<List<DeploymentDocument>>(), session.Screen.Time));
        return ExitCode.Done;
    }

    /// <summary>The rest is worth showing without them.</summary>
    private static async Task<(IReadOnlyList<EngineContainer>? Containers, string? Problem)> ContainersAsync(Session session, string project, CancellationToken ct)
    {
        try
        {
            using var engine = new Engine(session.Surroundings);
            return (await engine.ContainersAsync(project, ct), null);
        }
        catch (CommandFailure failure)
        {
            return (null, failure.Message);
        }
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
        foreach (var (app, held) in apps.Where(app => app.Lock is not null).Select(app => (app.App, app.Lock!)))
            yield return $"locked: {app} by {held.LockedBy ?? "-"} until {time(held.EndsAt)}: {held.Reason}";
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
        yield return [app.App, app.State == "stopped" ? $"{app.Release} stopped" : app.Release.ToString(), urls[0], ImageNames.Of(app.Images), app.RequestedBy ?? "-", time(app.DeployedAt)];
        foreach (var url in urls.Skip(1))
            yield return ["", "", url, "", "", ""];
    }

    private static string[] Row(DeploymentDocument deployment, Func<DateTimeOffset, string> time) =>
    [
        deployment.DeploymentId.ToString(), deployment.App, deployment.State, deployment.Steps?.FirstOrDefault(step => step.State is "running")?.Name ?? "-", deployment.RequestedBy ?? "-",
        time(deployment.RequestedAt),
    ];
}
