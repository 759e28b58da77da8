using System.Reflection;

using Mambo.ServiceDefaults.Configuration;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>Gives a service its journal and what keeps it moving.</summary>
public static class OperationRegistrations
{
    private static readonly TimeSpan InMemoryKeep = TimeSpan.FromMinutes(10);

    /// <summary>Adds the journal, keyed by the service's name, with its outbox relay and its operation runner.</summary>
    /// <param name="services">The container.</param>
    /// <param name="service">The service's name; also the name of the file.</param>
    /// <param name="migrationsOf">The assembly with the service's own tables. Null: none.</param>
    /// <param name="parallel">Operations of different subjects that may run at once. Default: 2.</param>
    public static IServiceCollection AddJournal(
        this IServiceCollection services, string service, Assembly? migrationsOf = null, Func<IServiceProvider, int>? parallel = null)
    {
        services.AddKeyedSingleton(service, (provider, _) =>
        {
            var (path, time) = (provider.GetRequiredService<MamboPaths>().Journal(service), provider.GetRequiredService<TimeProvider>());
            var journal = new Journal(service, path, provider.GetRequiredService<PlatformOptions>().Host, time, migrationsOf);
            OperationMetrics.Watch(journal, time);
            return journal;
        });
        services.AddSingleton<IHostedService>(provider => new OutboxRelay(
            provider.GetRequiredKeyedService<Journal>(service),
            provider.GetRequiredService<PublishMessage>(),
            provider.GetRequiredService<BusOptions>().Transport == BusTransport.InMemory ? InMemoryKeep : TimeSpan.Zero,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OutboxRelay>>()));
        return services.AddSingleton<IHostedService>(provider => new OperationRunner(
            provider.GetRequiredKeyedService<Journal>(service),
            provider.GetKeyedServices<Operation>(service),
            parallel?.Invoke(provider) ?? 2,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OperationRunner>>()));
    }

    /// <summary>Lets the journal of <paramref name="service"/> carry out this kind of operation.</summary>
    public static IServiceCollection AddOperation<TOperation>(this IServiceCollection services, string service)
        where TOperation : Operation
    {
        services.AddSingleton<TOperation>();
        return services.AddKeyedSingleton<Operation>(service, (provider, _) => provider.GetRequiredService<TOperation>());
    }
}
