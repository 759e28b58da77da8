using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Mambo.ServiceDefaults.Names;

/// <summary>
/// The name of an app's secret: 1 to 64 letters, digits, and single inner hyphens or low lines, beginning with a letter. It becomes a file here and, unless the compose file says
/// otherwise, <c>/run/secrets/NAME</c> in the container.
/// </summary>
public readonly partial record struct SecretName
{
    private SecretName(string value) => Value = value;

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <summary>False: <paramref name="problem"/> says what is wrong and what to write instead, as the text of a field error.</summary>
    public static bool TryParse(string? text, out SecretName name, [NotNullWhen(false)] out string? problem)
    {
        name = default;
        problem = text switch
        {
            null or "" => "It is missing. Write the secret's name, such as \"db-password\".",
            _ when !Pattern().IsMatch(text) => $"{Quoted.Text(text)} is no name of a secret. Write 1 to 64 letters, digits, and single hyphens or low lines between them, beginning with a letter.",
            _ => null,
        };
        if (problem is null)
            name = new SecretName(text!);
        return problem is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"\A(?=.{1,64}\z)[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
