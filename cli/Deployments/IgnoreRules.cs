using System.Text;
using System.Text.RegularExpressions;

namespace Mambo.Cli.Deployments;

/// <summary>
/// What <c>.mamboignore</c> leaves out of a bundle, in the language of <c>.dockerignore</c>: one pattern a line, from the folder's root; <c>*</c> and <c>?</c> stay within a
/// name, <c>**</c> crosses folders; a folder goes with all below it; <c>!</c> takes back in; the last line that matches decides; <c>#</c> begins a comment.
/// Not supported: character classes and escapes.
/// </summary>
internal sealed class IgnoreRules(IEnumerable<string> lines)
{
    public const string FileName = ".mamboignore";

    private readonly (Regex Pattern, bool Leaves)[] _rules = [.. lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').Select(Rule)];

    /// <summary>Some line takes back in.</summary>
    public bool TakesBack => _rules.Any(rule => !rule.Leaves);

    /// <summary>The rules of a folder; none when it has no such file.</summary>
    public static IgnoreRules Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        return new IgnoreRules(File.Exists(file) ? File.ReadLines(file) : []);
    }

    /// <summary>Whether this path, from the folder's root and with slashes, stays out.</summary>
    public bool Leaves(string path) => _rules.LastOrDefault(rule => rule.Pattern.IsMatch(path)) is { Pattern: not null, Leaves: true };

    private static (Regex Pattern, bool Leaves) Rule(string line)
    {
        var leaves = line[0] != '!';
        var pattern = (leaves ? line : line[1..]).Trim().Trim('/');
        var expression = new StringBuilder("^");
        for (var at = 0; at < pattern.Length; at++)
        {
            if (pattern.AsSpan(at).StartsWith("**/"))
            {
                expression.Append("(.*/)?");
                at += 2;
            }
            else if (pattern.AsSpan(at).StartsWith("**"))
            {
                expression.Append(".*");
                at++;
            }
            else
            {
                expression.Append(pattern[at] switch { '*' => "[^/]*", '?' => "[^/]", var letter => Regex.Escape(letter.ToString()) });
            }
        }

        // What lies below a match belongs to it.
        return (new Regex(expression.Append("(/.*)?$").ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline), leaves);
    }
}
