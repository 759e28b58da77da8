using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Mambo.ServiceDefaults.Names;

/// <summary>
/// The name of an app: 1 to 40 lower-case letters, digits and single inner hyphens, beginning with a letter. It becomes a folder, a compose project, a label value and
/// part of a queue's messages, so nothing else may pass for one.
/// </summary>
public readonly partial record struct AppName
{
    private AppName(string value) => Value = value;

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <summary>False: <paramref name="problem"/> says what is wrong and what to write instead, as the text of a field error.</summary>
    public static bool TryParse(string? text, out AppName name, [NotNullWhen(false)] out string? problem)
    {
        name = default;
        problem = text switch
        {
            null or "" => "It is missing. Write the app's name, such as \"shop\".",
            _ when !Pattern().IsMatch(text) => $"{Quoted.Text(text)} is no app name. Write 1 to 40 lower-case letters, digits or single hyphens, beginning with a letter and not ending with a hyphen.",
            _ => null,
        };
        if (problem is null)
            name = new AppName(text!);
        return problem is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"\A(?=.{1,40}\z)[a-z][a-z0-9]*(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
