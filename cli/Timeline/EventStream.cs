using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

using Mambo.Cli.Platform;

namespace Mambo.Cli.Timeline;

/// <summary>Events as they happen, each once and in order, across connections that break: after a break it goes on behind the last one seen.</summary>
/// <param name="connect">Opens one connection; is given the id of the last event seen, or null.</param>
/// <param name="time">The clock.</param>
internal sealed class EventStream(Func<string?, CancellationToken, IAsyncEnumerable<SseItem<string>>> connect, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    public static EventStream Of(Door door, string path, TimeProvider time) => new((last, ct) => door.StreamAsync(path, last, ct), time);

    /// <summary>Endless; the caller stops when it has seen enough.</summary>
    /// <param name="onBreak">Told once per break why the connection ended.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="CommandFailure">The platform refuses, now or later; being out of reach is not refusing, except at the first try.</exception>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(Action<string>? onBreak, [EnumeratorCancellation] CancellationToken ct)
    {
        string? last = null;
        var pause = FirstPause;
        var connected = false;
        while (true)
        {
            string reason;
            await using var items = connect(last, ct).GetAsyncEnumerator(ct);
            while (true)
            {
                try
                {
                    if (!await items.MoveNextAsync())
                    {
                        reason = "the platform closed it";
                        break;
                    }
                }
                catch (DoorUnreachable error) when (connected)
                {
                    reason = error.Message;
                    break;
                }
                catch (Exception error) when (error is IOException or HttpRequestException)
                {
                    reason = error.Message;
                    break;
                }

                (connected, pause) = (true, FirstPause);
                last = items.Current.EventId ?? last;
                yield return items.Current;
            }

            if (pause == FirstPause)
                onBreak?.Invoke(reason);
            connected = true;
            await Task.Delay(pause, time, ct);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
