namespace Mambo.Cli;

/// <summary>The exit codes of every command.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    public const int Failed = 1;

    public const int WrongUsage = 2;
}

/// <summary>A command cannot go on. The message is for a person: what is wrong and what to do; more lines follow it, indented.</summary>
internal class CommandFailure(string message, IReadOnlyList<string>? details = null, int exitCode = ExitCode.Failed) : Exception(message)
{
    public IReadOnlyList<string> Details { get; } = details ?? [];

    public int ExitCode { get; } = exitCode;

    /// <summary>What was asked for makes no sense: exit code 2.</summary>
    public static CommandFailure Usage(string message, IReadOnlyList<string>? details = null) => new(message, details, Cli.ExitCode.WrongUsage);
}
