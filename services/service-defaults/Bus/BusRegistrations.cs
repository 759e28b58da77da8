using Mambo.Contracts;

using Microsoft.Extensions.DependencyInjection;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>What a service listens to; read by <c>AddBus</c>, which every host calls last.</summary>
public static class BusRegistrations
{
    /// <summary>Listens on the queue <c>{wire name}.{host}</c>. Commands that wait there are handled side by side.</summary>
    public static IServiceCollection AddCommandHandler<TCommand, THandler>(this IServiceCollection services)
        where TCommand : Command
        where THandler : class, ICommandHandler<TCommand>
    {
        services.AddSingleton<THandler>();
        return services.AddSingleton(new CommandSubscription(
            WireNames.Of(typeof(TCommand)), provider => new CommandReceiver<TCommand>(provider.GetRequiredService<THandler>()).ReceiveAsync));
    }

    /// <summary>Listens to events on one queue, <c>{queue}.{host}</c>, and handles them one after the other in the order the broker took them.</summary>
    /// <remarks>The queue gets what is told from its first declaration on. Events told before the service ever ran are lost to it: nobody kept them.</remarks>
    public static IServiceCollection AddEventHandler<THandler>(this IServiceCollection services, string queue, IReadOnlyList<Type> events)
        where THandler : class, IEventHandler
    {
        services.AddSingleton<THandler>();
        return services.AddSingleton(new EventSubscription(
            queue, [.. events.Select(WireNames.Of)], provider => new EventReceiver(provider.GetRequiredService<THandler>()).ReceiveAsync));
    }
}

/// <summary>Brings one message to a handler. Throws <see cref="UnreadableMessageException"/> when no retry can help.</summary>
internal delegate Task ReceiveMessage(WireMessage message, CancellationToken cancellationToken);

internal sealed record CommandSubscription(string Command, Func<IServiceProvider, ReceiveMessage> Receiver);

internal sealed record EventSubscription(string Queue, IReadOnlyList<string> Events, Func<IServiceProvider, ReceiveMessage> Receiver);
