using System.Collections;

namespace Mambo.Cli;

/// <summary>What a command has around it, so that tests can run commands with other surroundings than their own.</summary>
/// <param name="Variables">Environment variables.</param>
/// <param name="Directory">The working directory.</param>
/// <param name="Output">Where results go.</param>
/// <param name="Error">Where errors go.</param>
/// <param name="IsTerminal">Results are read by a person on a terminal: colour and moving lines are welcome.</param>
/// <param name="Zone">The person's time zone.</param>
/// <param name="Time">The clock.</param>
internal sealed record Surroundings(
    IReadOnlyDictionary<string, string> Variables, string Directory, TextWriter Output, TextWriter Error, bool IsTerminal, TimeZoneInfo Zone, TimeProvider Time)
{
    /// <summary>Standard input.</summary>
    public Func<Stream> Input { get; init; } = Console.OpenStandardInput;

    /// <summary>A person types the input.</summary>
    public bool InputIsTerminal { get; init; } = !Console.IsInputRedirected;

    public static Surroundings OfThisProcess() => new(
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? ""),
        Environment.CurrentDirectory,
        Console.Out,
        Console.Error,
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb",
        TimeZoneInfo.Local,
        TimeProvider.System);

    /// <summary>The value of a variable; an empty one is an unset one.</summary>
    public string? Variable(string name) => Variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>A path as the person wrote it, from the working directory.</summary>
    public string FullPath(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, Directory));
}
