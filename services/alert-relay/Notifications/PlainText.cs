using System.Text;
using System.Text.RegularExpressions;

namespace Mambo.AlertRelay.Notifications;

/// <summary>Makes text that programs and strangers wrote fit for a phone: no control characters, no more bytes than the reader takes, no half characters.</summary>
internal static partial class PlainText
{
    private static readonly Rune Ellipsis = new('…');

    /// <summary>The text on one line.</summary>
    /// <param name="text">Anything.</param>
    /// <param name="maxBytes">The longest result, in bytes of UTF-8, at least 3.</param>
    public static string Line(string text, int maxBytes) => Cut(Clean(text, maxBytes).Trim().Replace('\n', ' '), maxBytes);

    /// <summary>The text with its line breaks, without empty lines around it.</summary>
    /// <inheritdoc cref="Line"/>
    public static string Lines(string text, int maxBytes) => Cut(Clean(text, maxBytes).Trim(), maxBytes);

    /// <summary>Bytes in UTF-8.</summary>
    public static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    /// <summary>Cuts behind a whole character and puts an ellipsis there, so that all of it costs no more than <paramref name="most"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">What the result may cost.</param>
    /// <param name="cost">What one character costs. Unset: its bytes in UTF-8.</param>
    public static string Cut(string text, int most, Func<Rune, int>? cost = null)
    {
        cost ??= rune => rune.Utf8SequenceLength;
        var (spent, kept, length) = (0, 0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            spent += cost(rune);
            length += rune.Utf16SequenceLength;
            if (spent > most)
                return string.Concat(text.AsSpan(0, kept), Ellipsis.ToString());
            if (spent + cost(Ellipsis) <= most)
                kept = length;
        }

        return text;
    }

    /// <summary>
    /// Terminal colours and other control characters go, as do those that turn the writing direction and could make a line read as what it is not.
    /// Every kind of line break becomes one, a tab a space, half a surrogate pair the replacement character.
    /// </summary>
    private static string Clean(string text, int maxBytes)
    {
        // What is far behind the end of what is kept need not be looked at, however much of it there is.
        if (text.Length > 16 * maxBytes)
            text = text[..(16 * maxBytes)];
        var clean = new StringBuilder(text.Length);
        foreach (var rune in TerminalSequence().Replace(text, "").ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (rune.Value == '\n' || !Rune.IsControl(rune) && rune.Value is not (>= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069))
                clean.Append(rune);
            else if (rune.Value == '\t')
                clean.Append(' ');
        }

        return clean.ToString();
    }

    [GeneratedRegex(@"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")]
    private static partial Regex TerminalSequence();
}
