using Mambo.AlertRelay.Notifications;

namespace Mambo.AlertRelay.Tests.Notifications;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("  around  ", "around")]
    [InlineData("\u001b[31;1mred\u001b[0m and \u001b]8;;http://x\u0007link\u001b]8;;\u0007", "red and link")]
    [InlineData("\u001b(Bhalf \u001b", "half")]
    [InlineData("bell\a, null\0, delete\u007f, c1\u0090", "bell, null, delete, c1")]
    [InlineData("a\tb", "a b")]
    [InlineData("one\r\ntwo\rthree\nfour\u2028five\u0085six", "one two three four five six")]
    [InlineData("exe\u202egpj.\u202c \u2066x\u2069", "exegpj. x")]
    [InlineData("family 👨‍👩‍👧 stays", "family 👨‍👩‍👧 stays")]
    public void Line_ProgramsAndStrangers_IsOneCleanLine(string text, string expected) => PlainText.Line(text, 1000).ShouldBe(expected);

    [Fact]
    public void Line_HalfASurrogatePair_IsTheReplacementCharacter() => PlainText.Line("half \ud83d", 100).ShouldBe("half \ufffd");

    [Fact]
    public void Lines_LineBreaks_AreKeptAndTheEndsTrimmed() => PlainText.Lines("\r\n\none\r\n\r\ntwo\n", 1000).ShouldBe("one\n\ntwo");

    [Theory]
    [InlineData("12345678", 8, "12345678")]
    [InlineData("123456789", 8, "12345…")]
    [InlineData("äääää", 10, "äääää")]
    [InlineData("ääääää", 10, "äää…")]
    [InlineData("😀😀😀", 12, "😀😀😀")]
    [InlineData("😀😀😀", 11, "😀😀…")]
    [InlineData("😀😀😀", 10, "😀…")]
    [InlineData("😀", 3, "…")]
    public void Cut_Bytes_EndsBehindAWholeCharacter(string text, int most, string expected)
    {
        PlainText.Cut(text, most).ShouldBe(expected);
        PlainText.Bytes(expected).ShouldBeLessThanOrEqualTo(most);
    }
}
