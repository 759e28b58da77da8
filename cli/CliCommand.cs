using System.CommandLine;

namespace Mambo.Cli;

/// <summary>A command: its options, its examples, and what it does.</summary>
internal abstract class CliCommand : Command
{
    protected CliCommand(Globals globals, string name, string description, params string[] examples)
        : base(name, description)
    {
        Terminal.Examples.AddTo(this, examples);
        SetAction((parsed, ct) => RunAsync(globals.Open(parsed), parsed, ct));
    }

    /// <summary>Does it and returns the exit code.</summary>
    /// <exception cref="CommandFailure">It cannot go on.</exception>
    protected abstract Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct);
}
