using Microsoft.Extensions.DependencyInjection;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Builds the container only when nothing is wrong: the first moment at which every service has said what it requires.</summary>
internal sealed class CheckedServiceProviderFactory(PlatformSetup setup, Surroundings surroundings) : IServiceProviderFactory<IServiceCollection>
{
    public IServiceCollection CreateBuilder(IServiceCollection services) => services;

    public IServiceProvider CreateServiceProvider(IServiceCollection services)
    {
        if (setup.Faults.Count == 0)
            return services.BuildServiceProvider();

        var faults = new ConfigurationFaultsException(setup.Service, setup.Faults);
        surroundings.Error.WriteLine(faults.Message);
        surroundings.Error.Flush();
        surroundings.Exit(MamboHost.WrongUsage);
        // Only reached where Exit returns, in tests.
        throw faults;
    }
}
