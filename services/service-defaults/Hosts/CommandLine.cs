using Mambo.ServiceDefaults.Configuration;

namespace Mambo.ServiceDefaults.Hosts;

/// <summary>A program and its arguments, as a list: there is no shell in between, so nothing needs quoting.</summary>
/// <param name="Program">Looked up on <c>PATH</c> unless it is a path. The working directory is never searched.</param>
/// <param name="Arguments">Given to the program as they are. Visible to every user of the machine: no secrets.</param>
public sealed record CommandLine(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Unset: the root directory, where no file of ours is found by accident.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables on top of the minimal environment (PATH, HOME, those that say where Docker is, LANG=C.UTF-8). Default: none.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Written to the program's standard input, which is then closed. Unset: closed at once.</summary>
    public string? StandardInput { get; init; }

    /// <summary>After this time the program and everything it started is killed. Unset: no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Characters kept of standard output; what comes after is read and dropped. Default: 4 Mi. 0: nothing is kept.</summary>
    public int OutputLimit { get; init; } = 4 * 1024 * 1024;

    /// <summary>Blotted out of lines handed on and of the error tail; not of <see cref="CommandResult.StandardOutput"/>, which is data. Default: none.</summary>
    public IReadOnlyList<Secret> Secrets { get; init; } = [];

    /// <summary>Program and arguments for people; not for a shell.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Program).Select(word => word.Length == 0 || word.Any(char.IsWhiteSpace) ? $"'{word}'" : word));
}
