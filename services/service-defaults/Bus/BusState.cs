using MassTransit;

using Microsoft.Extensions.Logging;

using RabbitMQ.Client.Exceptions;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>What is known about the way to the broker: whether every queue of this process is listened to, and when the canary came back.</summary>
/// <param name="broker">What to call the broker, such as <c>RabbitMQ at 127.0.0.1:5672</c>.</param>
/// <param name="queues">The queues of this process.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class BusState(string broker, IReadOnlyList<string> queues, TimeProvider time, ILogger<BusState> logger) : IReceiveEndpointObserver
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _down = queues.ToDictionary(queue => queue, _ => "it has not been reached yet", StringComparer.Ordinal);
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _canary = time.GetTimestamp();
    private bool _refused;
    private bool _saidDown;

    /// <summary>Ends when every queue has been listened to at once: from then on nothing of what is published passes us by.</summary>
    public Task Listening => _listening.Task;

    /// <summary>Notes that the canary came back.</summary>
    public void CanaryCameBack() => Interlocked.Exchange(ref _canary, time.GetTimestamp());

    /// <summary>What is known now.</summary>
    public BusReport Report()
    {
        lock (_lock)
        {
            return new BusReport(broker, queues.Count, new Dictionary<string, string>(_down, StringComparer.Ordinal), _refused, time.GetElapsedTime(Interlocked.Read(ref _canary)));
        }
    }

    public Task Ready(ReceiveEndpointReady ready)
    {
        ListeningTo(QueueOf(ready.InputAddress));
        return Task.CompletedTask;
    }

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        Lost(QueueOf(faulted.InputAddress), faulted.Exception?.GetBaseException());
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    internal void ListeningTo(string queue)
    {
        lock (_lock)
        {
            if (!_down.Remove(queue) || _down.Count > 0)
                return;
            (_saidDown, _refused) = (false, false);
        }

        _listening.TrySetResult();
        LogConnected(logger, broker);
    }

    internal void Lost(string queue, Exception? reason)
    {
        // A queue the library made for itself is none of ours.
        if (!queues.Contains(queue))
            return;
        var why = reason?.Message ?? "the connection was lost";
        lock (_lock)
        {
            _down[queue] = why;
            _refused |= reason is AuthenticationFailureException;
            if (_saidDown)
                return;
            _saidDown = true;
        }

        LogLost(logger, queue, broker, why);
    }

    private static string QueueOf(Uri address) => Uri.UnescapeDataString(address.AbsolutePath.Split('/')[^1]);

    [LoggerMessage(44, LogLevel.Information, "Listening to every queue of this service; {Broker} is connected")]
    private static partial void LogConnected(ILogger logger, string broker);

    [LoggerMessage(45, LogLevel.Warning, "{Queue} is not listened to any more, {Broker} says: {Reason}. It is tried again until it works; what is to be published waits in the outbox")]
    private static partial void LogLost(ILogger logger, string queue, string broker, string reason);
}
