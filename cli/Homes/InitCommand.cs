using System.CommandLine;

namespace Mambo.Cli.Homes;

/// <summary><c>mambo init</c>.</summary>
internal sealed class InitCommand(Globals globals) : CliCommand(
    globals, "init", "Make the home of a platform: secrets, and ports nobody else has. Changes nothing that is there; mambo up does it by itself",
    "mambo init                             in .mambo, or where MAMBO_HOME says",
    "mambo init --home /var/lib/mambo       the one platform of a production machine: ports 7400 and 7480")
{
    protected override Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var home = session.Home;
        var made = HomeSetup.Prepare(home, PortPair.IsFree);
        if (session.Screen.IsJson)
            session.Screen.Json(new { home = home.Path, made });
        foreach (var file in made)
            session.Screen.Line($"[green]✔[/] {file}");
        session.Screen.Line($"{(made.Count == 0 ? $"{home.Path} is complete; nothing was changed." : $"{home.Path} is ready. Start the platform with: mambo up")}");
        return Task.FromResult(ExitCode.Done);
    }
}
