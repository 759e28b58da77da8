namespace Mambo.Cli.Terminal;

/// <summary>Rows under headings, aligned, two spaces apart; easy to read and to cut with awk.</summary>
internal static class Columns
{
    public static IEnumerable<string> Lines(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<IReadOnlyList<string>> all = [headings, .. rows];
        var widths = headings.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        return all.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
