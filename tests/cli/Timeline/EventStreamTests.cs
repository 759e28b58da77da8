using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;

using Mambo.Cli.Platform;
using Mambo.Cli.Timeline;

using Microsoft.Extensions.Time.Testing;

namespace Mambo.Cli.Tests.Timeline;

public class EventStreamTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Read_ConnectionsThatBreak_EachEventOnceAndInOrder()
    {
        var connections = new Queue<string>(
        [
            "id: 1\nevent: a\ndata: {\"n\":1}\n\n: keepalive\n\nid: 2\ndata: two\n\nid: 3\ndata: cut in the mid",
            "",
            "id: 3\ndata: line one\ndata: line two\n\nid: 4\nda",
            "id: 4\ndata: four\n\n",
        ]);
        var asked = new List<string?>();
        var breaks = new List<string>();
        var seen = new List<(string? Id, string Data)>();

        var stream = new EventStream((last, ct) => { asked.Add(last); return Connection(connections.Dequeue(), ct); }, _time);
        await foreach (var item in stream.ReadAsync(breaks.Add, CancellationToken.None).WithTime(_time))
        {
            seen.Add((item.EventId, item.Data));
            if (item.EventId == "4")
                break;
        }

        seen.ShouldBe([("1", "{\"n\":1}"), ("2", "two"), ("3", "line one\nline two"), ("4", "four")]);
        asked.ShouldBe([null, "2", "2", "3"]);
        breaks.ShouldBe(["the platform closed it", "the platform closed it"]);
    }

    [Fact]
    public async Task Read_UnreachableAtFirst_Throws()
    {
        var stream = new EventStream((_, _) => Unreachable(), _time);

        await Should.ThrowAsync<DoorUnreachable>(async () => await stream.ReadAsync(null, CancellationToken.None).GetAsyncEnumerator().MoveNextAsync());
    }

    [Fact]
    public async Task Read_UnreachableLater_TriesAgain()
    {
        var tries = 0;
        var stream = new EventStream((_, ct) => ++tries is 2 or 3 ? Unreachable() : Connection($"id: {tries}\ndata: x\n\n", ct), _time);

        var seen = new List<string?>();
        await foreach (var item in stream.ReadAsync(null, CancellationToken.None).WithTime(_time))
        {
            seen.Add(item.EventId);
            if (seen.Count == 2)
                break;
        }

        seen.ShouldBe(["1", "4"]);
    }

    [Fact]
    public async Task Read_RefusedLater_Throws()
    {
        var first = true;
        var stream = new EventStream((_, ct) => first && !(first = false) ? Connection("id: 1\ndata: x\n\n", ct) : throw new CommandFailure("no"), _time);

        await Should.ThrowAsync<CommandFailure>(async () =>
        {
            await foreach (var _ in stream.ReadAsync(null, CancellationToken.None).WithTime(_time))
            {
            }
        });
    }

    private static IAsyncEnumerable<SseItem<string>> Connection(string bytes, CancellationToken ct) =>
        SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(bytes))).EnumerateAsync(ct);

    private static async IAsyncEnumerable<SseItem<string>> Unreachable()
    {
        await Task.CompletedTask;
        if (Environment.ProcessId > 0)
            throw new DoorUnreachable(new DoorAddress(new Uri("http://127.0.0.1:1"), "t", "a test", null), "Connection refused");
        yield break;
    }
}

internal static class TimedStream
{
    /// <summary>Lets the clock run whenever the reader waits for it.</summary>
    public static async IAsyncEnumerable<T> WithTime<T>(this IAsyncEnumerable<T> items, FakeTimeProvider time, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await using var enumerator = items.GetAsyncEnumerator(ct);
        while (true)
        {
            var next = enumerator.MoveNextAsync().AsTask();
            while (!next.IsCompleted)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            if (!await next)
                yield break;
            yield return enumerator.Current;
        }
    }
}
