using System.Buffers.Binary;
using System.Text;

using Mambo.Cli.Logs;

namespace Mambo.Cli.Tests.Logs;

public sealed class LogFramesTests
{
    private static readonly EngineContainer Web = new("id", "shop-web-1", "web", 1, 42, "running", "Up 2 minutes (healthy)");

    [Fact]
    public async Task Lines_Framed_AreTakenByTheirLength()
    {
        (await ReadAsync(true, [.. Frame(1, "one\n"), .. Frame(2, "two\r\n"), .. Frame(1, "")])).ShouldBe(["one", "two", ""]);
    }

    [Fact]
    public async Task Lines_FramedAndCutOff_EndWithTheLastWholeHeader() => (await ReadAsync(true, [.. Frame(1, "one\n"), 1, 0, 0])).ShouldBe(["one"]);

    [Fact]
    public async Task Lines_FramedAndTooLong_AreRefused()
    {
        var header = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), 1 << 20);

        await Should.ThrowAsync<CommandFailure>(() => ReadAsync(true, header));
    }

    [Fact]
    public async Task Lines_OfATerminal_EndAtLineBreaksOrWhenTheyAreTooLong()
    {
        (await ReadAsync(false, Encoding.UTF8.GetBytes("one\r\ntwo\n\nthree"))).ShouldBe(["one", "two", "", "three"]);
        (await ReadAsync(false, Encoding.UTF8.GetBytes(new string('a', 70_000) + "\nb"))).Select(line => line.Length).ShouldBe([65_536, 4_464, 1]);
    }

    [Theory]
    [InlineData("2026-11-25T03:40:07.123456789Z hello  you", "hello  you", "1795578007.123456790")]
    [InlineData("2026-11-25T03:40:07.999999999Z ", "", "1795578008.000000000")]
    [InlineData("no time", "no time", null)]
    public void Parse_Line_ItsTextAndTheMomentAfterIt(string given, string text, string? next)
    {
        var line = LogLine.Parse(Web, given);

        (line.Text, line.Next()).ShouldBe((text, next));
    }

    private static byte[] Frame(byte stream, string text)
    {
        var frame = new byte[8 + Encoding.UTF8.GetByteCount(text)];
        frame[0] = stream;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)(frame.Length - 8));
        Encoding.UTF8.GetBytes(text).CopyTo(frame, 8);
        return frame;
    }

    private static async Task<List<string>> ReadAsync(bool framed, byte[] bytes)
    {
        var lines = new List<string>();
        await foreach (var line in LogFrames.LinesAsync(new MemoryStream(bytes), framed, default))
            lines.Add(line);
        return lines;
    }
}
