using System.CommandLine;

using Mambo.Cli.Apps;

namespace Mambo.Cli.Deployments;

/// <summary><c>mambo rollback</c>.</summary>
internal sealed class RollBackCommand : AppCommand
{
    private readonly Option<int?> _to = new("--to") { Description = "The release to go back to, as mambo releases shows it. Default: the one before", HelpName = "release" };

    public RollBackCommand(Globals globals)
        : base(globals, "rollback", "Bring an app back to an earlier release, with its bundle, images and settings",
            "mambo rollback shop               to the release before; under a second shortly after a deployment",
            "mambo rollback shop --to 41       to any release that is kept")
    {
        Add(_to);
    }

    protected override object Body(ParseResult parsed) => new { toRelease = parsed.GetValue(_to) };
}
