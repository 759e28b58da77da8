using System.Net;

using Mambo.ServiceDefaults.Configuration;

using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mambo.ServiceDefaults.Hosts;

/// <summary>
/// Addresses the process listens on, by name. Several services of one process share one Kestrel; a request knows the listener it came by,
/// whatever its port, so each service answers only on its own.
/// </summary>
public static class Listeners
{
    /// <summary>The listener of the backoffice's API, at <c>api.listen</c>.</summary>
    public const string Api = "api";

    /// <summary>The listener of the embedded edge, at <c>edge.listen</c>. It belongs to the apps.</summary>
    public const string Edge = "edge";

    /// <summary>The listener <c>/healthz</c> and <c>/readyz</c> have when <c>health.listen</c> is set, or when nothing else opens the API's address.</summary>
    public const string Health = "health";

    /// <summary>Listens on an address of the form of <see cref="ListenAddress"/>. Two listeners that want the same port are a configuration fault.</summary>
    public static IHostApplicationBuilder Listen(this IHostApplicationBuilder builder, string name, string address)
    {
        var setup = builder.Setup();
        foreach (var (other, taken) in setup.Listeners)
        {
            if (ListenAddress.Collide(ListenAddress.Parse(address), ListenAddress.Parse(taken)))
                builder.AddFault(new ConfigurationFault($"{name}.listen", null, $"{address} takes the port of {other}.listen, {taken}", "Give each its own port."));
        }

        setup.Listeners.Add(name, address);
        var listener = new Listener(name);
        builder.Services.AddKeyedSingleton(name, listener);
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen(ListenAddress.Parse(address), listener.Attach));
        return builder;
    }

    /// <summary>Whether the request came by this listener.</summary>
    public static bool CameBy(this HttpContext context, string name) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(typeof(Listener), out var listener) == true && listener is Listener known && known.Name == name;

    /// <summary>The base address of a listener once the server has started; with port 0, the port it got.</summary>
    /// <exception cref="InvalidOperationException">There is no such listener, or it has not started.</exception>
    public static Uri ListeningAt(this IServiceProvider services, string name) =>
        services.GetRequiredKeyedService<Listener>(name).Address ?? throw new InvalidOperationException($"The listener {name} has not started.");

    /// <summary>Before all other code that listens, so that every address is seen; after it, the health answers get the API's address unless someone has it.</summary>
    internal static void AddHealthListener(this IHostApplicationBuilder builder, PlatformSetup setup)
    {
        var opened = new List<IPEndPoint?>();
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigureEndpointDefaults(listening => opened.Add(listening.IPEndPoint)));
        if (setup.Options.Health.Listen is { } own)
        {
            builder.Listen(Health, own);
            return;
        }

        var health = new Listener(Health);
        builder.Services.AddKeyedSingleton(Health, health);
        builder.Services.PostConfigure<KestrelServerOptions>(kestrel =>
        {
            var address = ListenAddress.Parse(setup.Options.Api.Listen);
            if (!opened.Contains(address))
                kestrel.Listen(address, health.Attach);
        });
    }
}

internal sealed class Listener(string name)
{
    private ListenOptions? _listening;

    public string Name { get; } = name;

    /// <summary>Kestrel writes the port it got back into its options.</summary>
    public Uri? Address => _listening?.IPEndPoint is { Port: > 0 } at ? new Uri($"http://{at}") : null;

    public void Attach(ListenOptions listening)
    {
        _listening = listening;
        listening.Use(next => connection =>
        {
            connection.Items[typeof(Listener)] = this;
            return next(connection);
        });
    }
}
