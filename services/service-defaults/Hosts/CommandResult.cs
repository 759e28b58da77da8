namespace Mambo.ServiceDefaults.Hosts;

/// <summary>A program that has ended. A code other than 0 is a result too: the caller knows what it means.</summary>
/// <param name="ExitCode">As the program gave it; 128 + n when signal n ended it.</param>
/// <param name="Output">Lines of <paramref name="StandardOutput"/>.</param>
/// <param name="StandardOutput">What it wrote, decoded as UTF-8, up to <see cref="CommandLine.OutputLimit"/>.</param>
/// <param name="ErrorTail">The last 40 lines it wrote on standard error.</param>
/// <param name="Elapsed">From start to end.</param>
public sealed record CommandResult(int ExitCode, IReadOnlyList<string> Output, string StandardOutput, IReadOnlyList<string> ErrorTail, TimeSpan Elapsed)
{
    /// <summary>It ended with code 0.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary><see cref="StandardOutput"/> was cut at the limit.</summary>
    public bool OutputTruncated { get; init; }

    /// <summary>This result, for commands whose failure must stop the caller.</summary>
    /// <exception cref="CommandFailedException">The code is not 0.</exception>
    public CommandResult OrThrow(CommandLine command) =>
        Succeeded ? this : throw new CommandFailedException(command, $"ended with code {ExitCode}", ErrorTail) { ExitCode = ExitCode };
}
