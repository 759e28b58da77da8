namespace Mambo.Backoffice.Timeline;

/// <summary>Wakes those who follow the timeline when events were committed. It carries no events: everybody reads them from the table.</summary>
internal sealed class TimelineSignal(EventTable events)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _newest = events.Newest();

    /// <summary>Place of the newest event; it and all before it are committed.</summary>
    public long Newest
    {
        get
        {
            lock (_lock)
                return _newest;
        }
    }

    /// <summary>To be called after the commit.</summary>
    public void Committed(long seq)
    {
        TaskCompletionSource woken;
        lock (_lock)
        {
            if (seq <= _newest)
                return;
            (_newest, woken, _next) = (seq, _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        woken.SetResult();
    }

    /// <summary>Ends as soon as an event past <paramref name="seq"/> is committed; at once when one was.</summary>
    public Task PastAsync(long seq)
    {
        lock (_lock)
            return _newest > seq ? Task.CompletedTask : _next.Task;
    }
}
