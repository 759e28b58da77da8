using System.Globalization;

namespace Mambo.Cli.Terminal;

/// <summary>Amounts of data for people, in powers of 1000.</summary>
internal static class HumanSize
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    /// <summary><c>812 B</c>, <c>1.2 kB</c>, <c>34.5 MB</c>.</summary>
    public static string Of(long bytes)
    {
        double amount = bytes;
        var unit = 0;
        while (Math.Round(amount, 1) >= 1000 && unit < Units.Length - 1)
        {
            amount /= 1000;
            unit++;
        }

        return $"{amount.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary>A count with its noun: <c>1 file</c>, <c>1,234 files</c>.</summary>
    public static string Count(long count, string noun) => $"{count.ToString("N0", CultureInfo.InvariantCulture)} {noun}{(count == 1 ? "" : "s")}";
}
