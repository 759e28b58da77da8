using System.CommandLine;

namespace Mambo.Cli.Apps;

/// <summary><c>mambo remove</c>.</summary>
internal sealed class RemoveCommand : AppCommand
{
    private readonly Option<bool> _volumes = new("--volumes") { Description = "Remove its volumes too, and with them its data, for good; needs --yes" };

    private readonly Option<bool> _yes = new("--yes") { Description = "Yes, its data is to go" };

    public RemoveCommand(Globals globals)
        : base(globals, "remove", "Remove an app from its host: routes, containers, networks and files; volumes and the timeline stay",
            "mambo remove shop                      its volumes stay, and a new deployment finds them",
            "mambo remove shop --volumes --yes      with its data, for good")
    {
        Add(_volumes);
        Add(_yes);
    }

    protected override object Body(ParseResult parsed)
    {
        var volumes = parsed.GetValue(_volumes);
        return !volumes || parsed.GetValue(_yes)
            ? new { volumes }
            : throw CommandFailure.Usage("--volumes removes the app's data for good. Nothing was done.", ["If that is what you want, add --yes."]);
    }
}
