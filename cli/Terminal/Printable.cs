namespace Mambo.Cli.Terminal;

/// <summary>Texts of strangers for a terminal: what a container printed must neither move the cursor nor start a second line.</summary>
internal static class Printable
{
    /// <summary>Control characters become <c>?</c>, a tab becomes a space; everything else stays.</summary>
    public static string Of(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(letter => letter == '\t' ? ' ' : char.IsControl(letter) ? '?' : letter)) : text;
}
