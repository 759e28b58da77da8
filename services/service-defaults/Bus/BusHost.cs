using Mambo.ServiceDefaults.Operations;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>Connects what services registered to the transport.</summary>
public static class BusHost
{
    /// <summary>To be called last: it reads the subscriptions of every service of the process.</summary>
    public static IHostApplicationBuilder AddBus(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PublishMessage>((_, _) => throw new NotSupportedException());
        return builder;
    }
}
