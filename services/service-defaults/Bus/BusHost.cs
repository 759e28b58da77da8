using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

using MassTransit;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>Connects what services registered to the transport.</summary>
public static class BusHost
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(8);

    /// <summary>To be called last: it reads the subscriptions of every service of the process.</summary>
    public static IHostApplicationBuilder AddBus(this IHostApplicationBuilder builder)
    {
        var (services, setup) = (builder.Services, builder.Setup());
        var inMemory = setup.Options.Bus.Transport == BusTransport.InMemory;
        if (!inMemory)
            builder.RequireSecret(RabbitMqBus.PasswordSecret);

        var plan = BusPlan.Of(setup.Identity.Host, Registered<CommandSubscription>(services), Registered<EventSubscription>(services));
        var canary = $"canary.{setup.Service}.{setup.Identity.Host}.{Guid.CreateVersion7():N}";
        services.AddSingleton(provider => Watched(new BusState(
            inMemory ? "the in-memory bus" : $"RabbitMQ at {setup.Options.Bus.Host}:{setup.Options.Bus.Port}",
            [.. plan.Queues.Select(queue => queue.Name), canary],
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BusState>>()), BusMetrics.Watch));
        services.AddReceiveEndpointObserver(provider => provider.GetRequiredService<BusState>());
        services.AddSingleton(inMemory ? new BusRoute("Direct", plan.Listeners) : new BusRoute("direct", Listeners: null));
        services.AddSingleton<Publisher>();
        // The bus itself needs this delegate for its error queues, so it must not be asked for before it exists.
        services.AddSingleton<PublishMessage>(provider => (message, cancellationToken) => provider.GetRequiredService<Publisher>().PublishAsync(message, cancellationToken));
        services.AddSingleton<ParkedMessages>();
        if (!inMemory)
            services.AddSingleton(provider => Watched(new ErrorQueues(plan, provider.GetRequiredService<ParkedMessages>(), provider.GetRequiredService<ILogger<ErrorQueues>>()), BusMetrics.Watch));
        AddTransport(services, setup, plan, canary, inMemory);
        services.AddHostedService(provider => provider.GetRequiredService<ParkedMessages>());
        services.AddHostedService(provider => new Canary(
            provider.GetRequiredService<IBus>(), provider.GetRequiredService<BusState>(), new Uri($"exchange:{canary}{(inMemory ? "" : "?temporary=true")}"), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Canary>>()));
        services.AddHealthChecks().AddCheck<BusAlive>("bus", tags: ["live"]).AddCheck<BusReady>("bus connection", tags: ["ready"]);
        return builder;
    }

    private static void AddTransport(IServiceCollection services, PlatformSetup setup, BusPlan plan, string canary, bool inMemory)
    {
        var before = services.ToHashSet();
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            // Its own check knows nothing of canaries and speaks of the library's insides.
            bus.ConfigureHealthCheckOptions(health => health.Tags.Add("library"));
            if (inMemory)
                bus.UsingInMemory((context, transport) => InMemoryBus.Configure(context, transport, plan, canary));
            else
                bus.UsingRabbitMq((context, transport) => RabbitMqBus.Configure(context, transport, setup, plan, canary));
        });
        services.Configure<MassTransitHostOptions>(host => (host.WaitUntilStarted, host.StopTimeout, host.ConsumerStopTimeout) = (false, StopTimeout, StopTimeout));

        // Started first and stopped last: what other parts still publish while they stop gets out, and handlers still have their journal.
        var start = services.Single(service => service.ServiceType == typeof(IHostedService) && !before.Contains(service));
        services.Remove(start);
        services.Insert(0, start);
    }

    private static T Watched<T>(T watched, Action<T> watch)
    {
        watch(watched);
        return watched;
    }

    private static IEnumerable<T> Registered<T>(IServiceCollection services) => services.Select(service => service.ServiceType == typeof(T) ? service.ImplementationInstance : null).OfType<T>();
}
