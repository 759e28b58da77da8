using System.Text.RegularExpressions;

namespace Mambo.Deployer.Compose;

/// <summary>What compose prints, for people.</summary>
internal static partial class ComposeOutput
{
    /// <summary>Whether a line says that something is done or wrong. Lines that say it is about to be, and the bars of a download, are left out.</summary>
    public static bool IsProgress(string line) => !string.IsNullOrWhiteSpace(line) && !Underway().IsMatch(line);

    /// <summary>Whether a line says that compose has nothing left to do for a container but to wait for it.</summary>
    public static bool IsWaiting(string line) => line.EndsWith(" Waiting", StringComparison.Ordinal);

    /// <summary>Warnings among lines of standard error, such as an unset variable.</summary>
    public static IEnumerable<string> Warnings(IEnumerable<string> lines) =>
        lines.Select(line => Warning().Match(line)).Where(match => match.Success).Select(match => Regex.Unescape(match.Groups["text"].Value)).Distinct();

    [GeneratedRegex(@"\s(Creating|Recreate|Starting|Stopping|Removing|Waiting|Pulling|Downloading|Extracting|Verifying Checksum|Download complete|Already exists|Pulling fs layer|Skipped - .*)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Underway();

    [GeneratedRegex("""level=warning msg="(?<text>(\\.|[^"\\])*)"$""", RegexOptions.CultureInvariant)]
    private static partial Regex Warning();
}
