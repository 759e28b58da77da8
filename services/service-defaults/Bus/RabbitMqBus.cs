using Mambo.ServiceDefaults.Configuration;

using MassTransit;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>RabbitMQ 4.</summary>
internal static class RabbitMqBus
{
    public const string PasswordSecret = "bus-password";

    public static void Configure(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator bus, PlatformSetup setup, BusPlan plan, string canary) => throw new NotSupportedException();
}
