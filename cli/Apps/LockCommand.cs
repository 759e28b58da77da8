using System.CommandLine;

namespace Mambo.Cli.Apps;

/// <summary><c>mambo lock</c>.</summary>
internal sealed class LockCommand : AppCommand
{
    private readonly Option<string> _why = new("--why") { Description = "The reason, for those whose deployments are rejected", HelpName = "text", Required = true };

    private readonly Option<string?> _for = new("--for") { Description = "When it ends by itself: 90m, 2h, 3d, up to 30d. Default: 24h", HelpName = "time" };

    public LockCommand(Globals globals)
        : base(globals, "lock", "Lock an app: deployments, rollbacks and its removal are rejected until it is unlocked or the time is over",
            "mambo lock shop --why \"moving the database\" --for 2h",
            "mambo lock shop --why \"release freeze\" --for 3d")
    {
        Add(_why);
        Add(_for);
    }

    protected override object Body(ParseResult parsed) => new { reason = parsed.GetRequiredValue(_why), @for = parsed.GetValue(_for) };
}
