using Mambo.Contracts;

using Microsoft.Extensions.DependencyInjection;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>What a service listens to; read by <c>AddBus</c>, which every host calls last.</summary>
public static class BusRegistrations
{
    /// <summary>Listens on the queue <c>{wire name}.{host}</c>.</summary>
    public static IServiceCollection AddCommandHandler<TCommand, THandler>(this IServiceCollection services)
        where TCommand : Command
        where THandler : class, ICommandHandler<TCommand>
    {
        services.AddSingleton<THandler>();
        return services.AddSingleton(new CommandSubscription(typeof(TCommand), typeof(THandler)));
    }

    /// <summary>Listens to events on one queue, <c>{queue}.{host}</c>, so that they arrive in the order the broker took them.</summary>
    public static IServiceCollection AddEventHandler<THandler>(this IServiceCollection services, string queue, IReadOnlyList<Type> events)
        where THandler : class, IEventHandler
    {
        services.AddSingleton<THandler>();
        return services.AddSingleton(new EventSubscription(queue, events, typeof(THandler)));
    }
}

internal sealed record CommandSubscription(Type Command, Type Handler);

internal sealed record EventSubscription(string Queue, IReadOnlyList<Type> Events, Type Handler);
