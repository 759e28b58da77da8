using System.Threading.Channels;

using Mambo.Cli.Running;

namespace Mambo.Cli.Tests.Running;

public sealed class LogTailTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_LinesWrittenInPieces_AreToldWhole()
    {
        var log = _folder.Write("mambo.log", "old\n");
        var lines = Channel.CreateUnbounded<string>();
        using var tail = new LogTail(log, position: 4, line => lines.Writer.TryWrite(line));

        File.AppendAllText(log, "one\ntw");
        File.AppendAllText(log, "o\n");

        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        (await lines.Reader.ReadAsync(late.Token), await lines.Reader.ReadAsync(late.Token)).ShouldBe(("one", "two"));
    }

    [Fact]
    public void Last_Log_BeginsWhereTheProcessBegan()
    {
        var log = _folder.Write("mambo.log", "old\na\nb\nc\n");

        LogTail.Last(log, lines: 2, from: 4).ShouldBe(["b", "c"]);
        LogTail.Last(log, lines: 9, from: 4).ShouldBe(["a", "b", "c"]);
        LogTail.Last(_folder["none"], lines: 9, from: 0).ShouldBeEmpty();
    }
}
