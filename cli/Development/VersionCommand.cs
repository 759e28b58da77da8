using System.CommandLine;

namespace Mambo.Cli.Development;

/// <summary><c>mambo version</c>.</summary>
internal sealed class VersionCommand(Globals globals) : CliCommand(globals, "version", "Print the version of this program; mambo status has the platform's", "mambo version")
{
    protected override Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        if (session.Screen.IsJson)
            session.Screen.Json(new { version = ProgramVersion.Current });
        else
            session.Surroundings.Output.WriteLine($"mambo {ProgramVersion.Current}");
        return Task.FromResult(ExitCode.Done);
    }
}
