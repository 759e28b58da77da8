using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Mambo.ServiceDefaults.Names;

/// <summary>
/// The name of a container image as Docker takes it: <c>[registry[:port]/]path[:tag][@sha256:…]</c>
/// (grammar: distribution/reference). It becomes a command argument, so it must not begin with a hyphen or hold spaces.
/// </summary>
public readonly partial record struct ImageReference
{
    private ImageReference(string value) => Value = value;

    /// <summary>The reference as given.</summary>
    public string Value { get; }

    /// <summary>It names its content, not only a tag that may move.</summary>
    public bool HasDigest => Value.Contains("@sha256:", StringComparison.Ordinal);

    /// <summary>False: <paramref name="problem"/> says what is wrong and what to write instead, as the text of a field error.</summary>
    public static bool TryParse(string? text, out ImageReference image, [NotNullWhen(false)] out string? problem)
    {
        image = default;
        problem = text switch
        {
            null or "" => "It is missing. Write an image, such as \"ghcr.io/you/shop@sha256:…\".",
            _ when text.Length > 512 || !Pattern().IsMatch(text) => $"{Quoted.Text(text)} is no image reference. Write [registry/]name[:tag][@sha256:digest] in lower case.",
            _ => null,
        };
        if (problem is null)
            image = new ImageReference(text!);
        return problem is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(
        @"\A([a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]{1,5})?/)?[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
