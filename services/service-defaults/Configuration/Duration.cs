using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Times as people write them: <c>250ms</c>, <c>90s</c>, <c>10m</c>, <c>2h</c>, <c>3d</c>, or several together, largest first: <c>1h30m</c>.</summary>
public static partial class Duration
{
    /// <summary>The longest a .NET timer can wait, in whole days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)), ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    /// <summary>False for anything else, for zero and for more than <see cref="Longest"/>.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var match = Pattern().Match(text.Trim());
        if (!match.Success)
            return false;

        foreach (var (unit, length) in Units)
        {
            if (!match.Groups[unit].Success)
                continue;
            if (!int.TryParse(match.Groups[unit].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > Longest / length)
                return false;
            duration += count * length;
        }

        return duration > TimeSpan.Zero && duration <= Longest;
    }

    /// <summary>The shortest way to write it; what <see cref="TryParse"/> reads back.</summary>
    public static string Format(TimeSpan duration)
    {
        var text = "";
        foreach (var (unit, length) in Units)
        {
            var count = (long)(duration / length);
            duration -= count * length;
            if (count > 0)
                text += $"{count}{unit}";
        }

        return text.Length == 0 ? "0s" : text;
    }

    /// <summary>The same rule as a regular expression, for the JSON schema.</summary>
    [StringSyntax(StringSyntaxAttribute.Regex)]
    internal const string Expression = @"^(?=.*[1-9])(?:(?<d>[0-9]+)d)?(?:(?<h>[0-9]+)h)?(?:(?<m>[0-9]+)m)?(?:(?<s>[0-9]+)s)?(?:(?<ms>[0-9]+)ms)?$";

    [GeneratedRegex(Expression, RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

/// <summary>A time that may also be <c>0s</c>, which means: not at all.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MayBeZeroAttribute : Attribute;
