using System.Collections;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>What a process has around it, so that tests can start hosts with other surroundings than their own.</summary>
/// <param name="Environment">Environment variables.</param>
/// <param name="Error">Where faults are printed.</param>
/// <param name="Exit">Ends the process with a code.</param>
internal sealed record Surroundings(IReadOnlyDictionary<string, string> Environment, TextWriter Error, Action<int> Exit)
{
    public static Surroundings OfThisProcess() => new(
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? ""),
        Console.Error,
        System.Environment.Exit);

    /// <summary>The value of a variable; an empty one is an unset one.</summary>
    public string? Variable(string name) => Environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
