namespace Mambo.ServiceDefaults.Hosts;

/// <summary>A program could not be started, took too long, or ended with a code its caller cannot go on with. The message holds the tail of its standard error.</summary>
/// <param name="command">What was run.</param>
/// <param name="problem">What happened, as the rest of a sentence.</param>
/// <param name="errorTail">The last lines of standard error, without secrets.</param>
public sealed class CommandFailedException(CommandLine command, string problem, IReadOnlyList<string> errorTail)
    : Exception($"{command} {problem}{(errorTail.Count == 0 ? "" : ":")}{string.Concat(errorTail.Select(line => $"\n    {line}"))}")
{
    /// <summary>What was run.</summary>
    public CommandLine Command { get; } = command;

    /// <summary>What happened, as the rest of a sentence: <c>ended with code 1</c>.</summary>
    public string Problem { get; } = problem;

    /// <summary>Null when it never ended by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>It was killed because its time was over.</summary>
    public bool TimedOut { get; init; }

    /// <summary>The program is not installed, or may not be run.</summary>
    public bool NotFound { get; init; }

    /// <summary>The last 40 lines of standard error.</summary>
    public IReadOnlyList<string> ErrorTail { get; } = errorTail;
}
