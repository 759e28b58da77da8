using Mambo.Cli.Logs;
using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;

namespace Mambo.Cli.Deployments;

/// <summary>One app for a person: what it runs, since when and by whom, its containers, its lock and what was done to it last.</summary>
internal static class AppDetail
{
    /// <param name="app">The app.</param>
    /// <param name="containers">Its containers. Null: the engine could not be asked.</param>
    /// <param name="problem">Why the engine could not be asked.</param>
    /// <param name="last">What was done to it, newest first.</param>
    /// <param name="time">How times are written.</param>
    public static IEnumerable<string> Lines(
        AppDocument app, IReadOnlyList<EngineContainer>? containers, string? problem, IReadOnlyList<DeploymentDocument> last, Func<DateTimeOffset, string> time)
    {
        yield return $"{app.App} on host {app.Host}: {(app.State == "stopped" ? $"stopped; release {app.Release} when it is started" : $"release {app.Release} serves")}";
        yield return $"  since  {time(app.DeployedAt)}{(app.RequestedBy is { } by ? $", by {by}" : "")}{(app.Commit is { } commit ? $", commit {commit}" : "")}";
        foreach (var url in app.Urls ?? [])
            yield return $"  url    {url}";
        foreach (var (service, image) in (app.Images ?? new Dictionary<string, string>()).OrderBy(image => image.Key, StringComparer.Ordinal))
            yield return $"  image  {service}={image}";
        if (app.Lock is { } held)
            yield return $"  locked by {held.LockedBy ?? "-"} since {time(held.LockedAt)} until {time(held.EndsAt)}: {held.Reason}";
        foreach (var warning in app.Warnings ?? [])
            yield return $"  warning: {warning}";
        yield return "";
        foreach (var line in Containers(containers, problem))
            yield return line;
        if (last.Count == 0)
            yield break;

        yield return "";
        foreach (var line in Columns.Lines(["DEPLOYMENT", "KIND", "STATE", "RELEASE", "TOOK", "BY", "REQUESTED"], [.. last.Select(one => Row(one, time))]))
            yield return line;
    }

    private static string[] Row(DeploymentDocument one, Func<DateTimeOffset, string> time) =>
    [
        one.DeploymentId.ToString(), one.Kind, one.State, one.Release?.ToString() ?? "-", one.Seconds is { } seconds ? HumanTime.Seconds(seconds) : "-", one.RequestedBy ?? "-",
        time(one.RequestedAt),
    ];

    private static IEnumerable<string> Containers(IReadOnlyList<EngineContainer>? containers, string? problem) => containers switch
    {
        null => [$"Its containers are not shown: {problem}"],
        [] => ["It has no containers on this Docker Engine."],
        _ => Columns.Lines(
            ["CONTAINER", "SERVICE", "FROM RELEASE", "STATUS"],
            [.. containers.Select(container => (string[])[container.Name, container.Service, container.Release?.ToString() ?? "-", Status(container)])]),
    };

    private static string Status(EngineContainer container) => container.IsPaused ? $"{container.Status}, kept for going back" : container.Status;
}
