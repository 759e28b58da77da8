using System.Collections.Concurrent;

using MassTransit;

using RabbitMQ.Client.Exceptions;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>What is known about the way to the broker: the state of every queue this process listens on, and its canary.</summary>
internal sealed class BusState(IReadOnlyList<string> queues, TimeProvider time) : IReceiveEndpointObserver
{
    private readonly ConcurrentDictionary<string, string> _down = new(queues.Select(queue => KeyValuePair.Create(queue, "it has not been reached yet")));
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _refused;
    private long _canary = time.GetTimestamp();

    /// <summary>Ends when every queue has been reached once: only then does nothing get lost that is published.</summary>
    public Task Listening => _listening.Task;

    /// <summary>Queues that cannot be reached now, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> Down => _down;

    /// <summary>None of the queues can be reached, so it is the broker that is away.</summary>
    public bool IsDisconnected => _down.Count == queues.Count;

    /// <summary>The broker does not take our login. The library gives such a queue up for good.</summary>
    public bool IsRefused => _refused;

    /// <summary>Since the last canary came back; since the start when none has.</summary>
    public TimeSpan SinceCanary => time.GetElapsedTime(Interlocked.Read(ref _canary));

    public void CanaryCameBack() => Interlocked.Exchange(ref _canary, time.GetTimestamp());

    public Task Ready(ReceiveEndpointReady ready)
    {
        _down.TryRemove(QueueOf(ready), out _);
        if (_down.IsEmpty)
            _listening.TrySetResult();
        return Task.CompletedTask;
    }

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        var queue = QueueOf(faulted);
        if (queues.Contains(queue))
            _down[queue] = faulted.Exception?.GetBaseException().Message ?? "the connection was lost";
        _refused |= faulted.Exception?.GetBaseException() is AuthenticationFailureException;
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    private static string QueueOf(ReceiveEndpointEvent happened) => Uri.UnescapeDataString(happened.InputAddress.AbsolutePath.Split('/')[^1]);
}
