using System.Threading.Channels;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>Lets a background service sleep until something is due, or somebody wakes it because there is more to do. Wakes that nobody waits for are remembered as one.</summary>
/// <param name="time">The clock.</param>
public sealed class Alarm(TimeProvider time)
{
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Ends the sleep, or the next one at once.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>Returns after <paramref name="longest"/>, or earlier when woken. Zero or less: at once. Infinite: only when woken.</summary>
    /// <exception cref="OperationCanceledException">The service is stopping.</exception>
    public async Task SleepAsync(TimeSpan longest, CancellationToken stopping)
    {
        if (longest <= TimeSpan.Zero && longest != Timeout.InfiniteTimeSpan)
            return;
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(Task.Delay(WholeMilliseconds(longest), time, woken.Token), _wakes.Reader.WaitToReadAsync(woken.Token).AsTask()).ConfigureAwait(false);
        await woken.CancelAsync().ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
        _wakes.Reader.TryRead(out _);
    }

    /// <summary>Rounded up: a timer rounds down, and would wake just before the time has come.</summary>
    private static TimeSpan WholeMilliseconds(TimeSpan pause) => TimeSpan.FromMilliseconds(Math.Ceiling(pause.TotalMilliseconds));
}
