using System.Globalization;

using Mambo.Contracts;

using Spectre.Console;

namespace Mambo.Benchmarks;

/// <summary>One thing measured.</summary>
/// <param name="What">In words.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Goal">Such as <c>≤ 1.15</c>. Null: there is none, it is told for comparison.</param>
/// <param name="Met">Whether the goal was met. Null: there is none.</param>
internal sealed record Row(string What, double Value, string Unit, string? Goal = null, bool? Met = null)
{
    public static Row AtMost(string what, double value, string unit, double goal) => new(what, value, unit, $"≤ {Text(goal)}", value <= goal);

    public static Row AtLeast(string what, double value, string unit, double goal) => new(what, value, unit, $"≥ {Text(goal)}", value >= goal);

    public static string Text(double value) => value.ToString(Math.Abs(value) >= 100 ? "#,0" : "0.00", CultureInfo.InvariantCulture);
}

/// <summary>What a benchmark measured, and how.</summary>
internal sealed record Report(string Benchmark, string Method, IReadOnlyList<Row> Rows)
{
    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(this, WireJson.Options);

    public string ToTable()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect });
        console.Profile.Width = 120;
        var table = new Table().Border(TableBorder.Simple).AddColumns("what", "measured", "", "goal", "");
        table.Columns[1].RightAligned();
        foreach (var row in Rows)
            table.AddRow(row.What, Row.Text(row.Value), row.Unit, row.Goal ?? "", row.Met switch { true => "met", false => "MISSED", null => "" });
        console.MarkupLineInterpolated($"[bold]{Benchmark}[/]: {Method}");
        console.Write(table);
        return text.ToString().TrimEnd();
    }
}

/// <summary>Numbers of a sample.</summary>
internal static class Sample
{
    public static double Median(this IEnumerable<double> values) => values.Percentile(0.5);

    public static double Percentile(this IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        var position = share * (sorted.Count - 1);
        var below = (int)position;
        return below + 1 < sorted.Count ? sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
