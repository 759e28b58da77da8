using System.Diagnostics;

namespace Mambo.Deployer.Edge;

/// <summary>The requests to one service of an app in one release: how many are under way, and how those that ended were answered.</summary>
internal sealed class SlotTraffic
{
    private long _underWay;
    private long _answered;
    private long _failed;
    private long _ticks;
    private TaskCompletionSource? _idle;

    /// <summary>What was counted until now.</summary>
    public TrafficCount Count => new(Volatile.Read(ref _answered), Volatile.Read(ref _failed), Volatile.Read(ref _ticks));

    public void Begin() => Interlocked.Increment(ref _underWay);

    public void End()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
            Volatile.Read(ref _idle)?.TrySetResult();
    }

    /// <summary>Counts an answer when its head is here: how long a body or a websocket lasts says nothing about the app.</summary>
    /// <param name="status">The HTTP status; 5xx counts as failed.</param>
    /// <param name="began">Timestamp of <see cref="Stopwatch"/> when the request came.</param>
    public void Answered(int status, long began)
    {
        Interlocked.Increment(ref _answered);
        Interlocked.Add(ref _ticks, Stopwatch.GetElapsedTime(began).Ticks);
        if (status >= 500)
            Interlocked.Increment(ref _failed);
    }

    /// <summary>Ends when no request is under way. Only once nothing new is sent here is that for good.</summary>
    public Task IdleAsync(CancellationToken cancellationToken)
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _idle, idle);
        if (Interlocked.Read(ref _underWay) == 0)
            idle.TrySetResult();
        return idle.Task.WaitAsync(cancellationToken);
    }
}

/// <summary>Requests that were answered.</summary>
/// <param name="Answered">All of them.</param>
/// <param name="Failed">Those answered 5xx, or not at all.</param>
/// <param name="Ticks">Time until the head of the answer, together, in ticks of 100 ns.</param>
internal readonly record struct TrafficCount(long Answered, long Failed, long Ticks)
{
    /// <summary>Part that failed, from 0 to 1.</summary>
    public double FailedShare => Answered == 0 ? 0 : (double)Failed / Answered;

    /// <summary>Mean time until the head of the answer.</summary>
    public TimeSpan Mean => Answered == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Ticks / Answered);

    public static TrafficCount operator +(TrafficCount one, TrafficCount other) => new(one.Answered + other.Answered, one.Failed + other.Failed, one.Ticks + other.Ticks);

    public static TrafficCount operator -(TrafficCount one, TrafficCount other) => new(one.Answered - other.Answered, one.Failed - other.Failed, one.Ticks - other.Ticks);
}
