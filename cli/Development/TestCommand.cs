using System.CommandLine;

using Mambo.Cli.Running;

namespace Mambo.Cli.Development;

/// <summary><c>mambo test</c>.</summary>
internal sealed class TestCommand : CliCommand
{
    private readonly Option<bool> _unit = new("--unit") { Description = "Only the tests that need no Docker: under a minute" };

    private readonly Option<string?> _filter = new("--filter") { Description = "Only tests whose full name contains this", HelpName = "text" };

    public TestCommand(Globals globals)
        : base(globals, "test", "Run the tests of this repository on real parts; installs Docker Engine and builds the images they need when missing",
            "mambo test                             everything",
            "mambo test --unit                      what needs no Docker",
            "mambo test --filter BundlePacker       some")
    {
        Add(_unit);
        Add(_filter);
    }

    protected override Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        List<string> arguments = [session.InRepository("tests/run.sh")];
        if (parsed.GetValue(_unit))
            arguments.Add("--unit");
        if (parsed.GetValue(_filter) is { } filter)
            arguments.AddRange(["--filter", filter]);
        return ChildProcess.RunAttachedAsync("bash", arguments, ct);
    }
}
