using Mambo.Cli.Terminal;

namespace Mambo.Cli.Tests.Terminal;

public class HumanTests
{
    [Theory]
    [InlineData(0, "0.0 s")]
    [InlineData(1.24, "1.2 s")]
    [InlineData(59.94, "59.9 s")]
    [InlineData(59.97, "1 min 0 s")]
    [InlineData(125, "2 min 5 s")]
    [InlineData(7260, "2 h 1 min")]
    public void Seconds_Amount_ReadsWell(double seconds, string expected) => HumanTime.Seconds(seconds).ShouldBe(expected);

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("1h", 3600)]
    [InlineData("0s", null)]
    [InlineData("15", null)]
    [InlineData("m", null)]
    [InlineData("-1m", null)]
    [InlineData("169h", null)]
    public void TryParse_Text_SecondsOrNothing(string text, int? seconds) =>
        (HumanTime.TryParse(text, out var span) ? span.TotalSeconds : (double?)null).ShouldBe(seconds);

    [Fact]
    public void Of_Time_ShowsTheOwnTimeOnlyWhereItDiffers()
    {
        CommandRun.UtcTime(CommandRun.At()).ShouldBe("2026-11-25 03:40:07 UTC");
        CommandRun.BerlinTime(CommandRun.At()).ShouldBe("2026-11-25 03:40:07 UTC (04:40:07 here)");
        CommandRun.BerlinTime(CommandRun.At(20 * 3600)).ShouldBe("2026-11-25 23:40:07 UTC (2026-11-26 00:40:07 here)");
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_234, "1.2 kB")]
    [InlineData(999_960, "1.0 MB")]
    [InlineData(34_500_000, "34.5 MB")]
    public void Size_Bytes_ReadsWell(long bytes, string expected) => HumanSize.Of(bytes).ShouldBe(expected);

    [Fact]
    public void Count_OneAndMany_HaveTheirNoun() => (HumanSize.Count(1, "file"), HumanSize.Count(1234, "file")).ShouldBe(("1 file", "1,234 files"));

    [Fact]
    public void Columns_Rows_AreAlignedWithoutTrailingSpace() => Columns.Lines(["A", "BB"], [["xxx", "y"], ["z", "-"]]).ShouldBe(["A    BB", "xxx  y", "z    -"]);

    [Fact]
    public void Screen_TextOfAStranger_CannotReachTheTerminalAsACommand()
    {
        using var output = new StringWriter();
        var screen = new Screen(CommandRun.Surroundings(output, output), json: false, plain: false);

        screen.Line($"{"\u001b[2Jgone [red]\nnext"}");

        output.ToString().ShouldBe("?[2Jgone [red]?next\n");
    }

    [Fact]
    public void Screen_Json_KeepsLinesForPeopleAway()
    {
        using var output = new StringWriter();
        var screen = new Screen(CommandRun.Surroundings(output, output), json: true, plain: false);

        screen.Line($"for people");
        screen.Json(new { state = "<ok>" });

        output.ToString().ShouldBe("{\n  \"state\": \"<ok>\"\n}\n");
    }

    [Fact]
    public void Screen_LongLine_IsNotFolded()
    {
        using var output = new StringWriter();
        var url = new Uri($"http://localhost/{string.Join('/', Enumerable.Repeat("deep", 500))}");

        new Screen(CommandRun.Surroundings(output, output), json: false, plain: false).Line($"  {url}");

        output.ToString().ShouldBe($"  {url}\n");
    }
}
