using System.CommandLine;

using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;

namespace Mambo.Cli.Running;

/// <summary><c>mambo down</c>.</summary>
internal sealed class DownCommand : CliCommand
{
    private readonly Option<bool> _keepApps = new("--keep-apps") { Description = "Leave the apps' containers as they are" };

    public DownCommand(Globals globals)
        : base(globals, "down", "Stop the platform of this home, and remove its apps' containers and networks; volumes, bundles and history stay",
            "mambo down",
            "mambo down --keep-apps                 the apps' containers go on, without an edge in front")
    {
        Add(_keepApps);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var (screen, home) = (session.Screen, session.Home);
        var running = RunningPlatform.FindAllInOne(home);
        var ended = running is null || await PlatformStop.StopAsync(running.Pid, ct);
        screen.Line($"[green]✔[/] {(running is null ? $"no platform runs on {home.Path}" : ended ? $"{running.Platform}, process {running.Pid}, has stopped" : $"{running.Platform}, process {running.Pid}, did not stop and was killed")}");

        var (containers, projects) = parsed.GetValue(_keepApps) ? (0, []) : await DockerEngine.RemoveAppsAsync(home, ct);
        if (parsed.GetValue(_keepApps))
            screen.Line($"[green]✔[/] the apps' containers were left as they are");
        else
            screen.Line($"[green]✔[/] {(containers == 0 ? "no containers of its apps were there" : $"{HumanSize.Count(containers, "container")} removed: {string.Join(", ", projects)}; volumes stay")}");
        if (screen.IsJson)
            screen.Json(new { home = home.Path, stopped = running?.Pid, killed = !ended, containers, projects });
        return ExitCode.Done;
    }
}
