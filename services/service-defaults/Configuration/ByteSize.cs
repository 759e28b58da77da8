using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Amounts of data as people write them: bytes (<c>1048576</c>), powers of 1000 (<c>100MB</c>) or of 1024 (<c>100MiB</c>).</summary>
public static partial class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1),
    ];

    /// <summary>False for anything else and for more than a <see cref="long"/> holds.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var match = Pattern().Match(text.Trim());
        if (!match.Success || !long.TryParse(match.Groups["count"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;

        var unit = match.Groups["unit"].Value;
        var size = unit.Length == 0 ? 1 : Units.First(known => known.Unit.Equals(unit, StringComparison.OrdinalIgnoreCase)).Bytes;
        if (count > long.MaxValue / size)
            return false;
        bytes = count * size;
        return true;
    }

    /// <summary>In the largest unit that divides it; what <see cref="TryParse"/> reads back.</summary>
    public static string Format(long bytes)
    {
        var (unit, size) = bytes == 0 ? ("B", 1) : Units.First(known => bytes % known.Bytes == 0);
        return unit == "B" ? bytes.ToString(CultureInfo.InvariantCulture) : $"{bytes / size}{unit}";
    }

    /// <summary>The same rule as a regular expression, for the JSON schema.</summary>
    [StringSyntax(StringSyntaxAttribute.Regex)]
    internal const string Expression = @"^(?<count>[0-9]+) ?(?<unit>[KkMmGgTt][Ii]?[Bb]|[Bb])?$";

    [GeneratedRegex(Expression, RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
