using System.CommandLine;

using Mambo.Cli.Terminal;

namespace Mambo.Cli;

/// <summary>Options every command has.</summary>
internal sealed class Globals(Surroundings surroundings)
{
    public Option<string?> Home { get; } = new("--home")
    {
        Description = "Where the platform keeps its state. Default: MAMBO_HOME, else .mambo in the repository",
        HelpName = "folder",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON document, and nothing else", Recursive = true };

    public Option<bool> NoColor { get; } = new("--no-color") { Description = "Neither colour nor moving lines; as when NO_COLOR is set", Recursive = true };

    public Session Open(ParseResult parsed) => new(surroundings, Screen(parsed), parsed.GetValue(Home));

    public Screen Screen(ParseResult parsed) => new(surroundings, parsed.GetValue(Json), parsed.GetValue(NoColor));
}
