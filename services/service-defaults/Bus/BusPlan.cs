namespace Mambo.ServiceDefaults.Bus;

/// <summary>Every queue this process listens on; the same for each transport. Pure.</summary>
internal sealed record BusPlan(string Host, IReadOnlyList<ListenedQueue> Queues)
{
    public static BusPlan Of(string host, IEnumerable<CommandSubscription> commands, IEnumerable<EventSubscription> events)
    {
        ListenedQueue[] queues =
        [
            .. commands.Select(command => new ListenedQueue($"{command.Command}.{host}", [command.Command], host, command.Receiver)),
            .. events.Select(subscription => new ListenedQueue($"{subscription.Queue}.{host}", subscription.Events, null, subscription.Receiver)),
        ];
        var twice = queues.CountBy(queue => queue.Name).Where(queue => queue.Value > 1).Select(queue => queue.Key).ToList();
        return twice.Count == 0 ? new BusPlan(host, queues) : throw new InvalidOperationException($"More than one handler for {string.Join(", ", twice)}: a queue has one.");
    }

    /// <summary>Who would take a command inside this process.</summary>
    public IReadOnlySet<(string Type, string Host)> Listeners => Queues.Where(queue => queue.Host is not null).Select(queue => (queue.Types[0], queue.Host!)).ToHashSet();
}

/// <summary>A queue and what is done with its messages.</summary>
/// <param name="Name">Its name at the broker.</param>
/// <param name="Types">Wire names of what arrives there.</param>
/// <param name="Host">Commands: the host they must be for. Null: events, for everyone, in order.</param>
/// <param name="Receiver">Makes what handles them.</param>
internal sealed record ListenedQueue(string Name, IReadOnlyList<string> Types, string? Host, Func<IServiceProvider, ReceiveMessage> Receiver)
{
    public bool InOrder => Host is null;
}
