using System.Diagnostics;

using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Configuration;

using Microsoft.AspNetCore.Http.Features;

using Yarp.ReverseProxy.Forwarder;

namespace Mambo.Deployer.Edge;

/// <summary>
/// Brings requests to the apps, in this process, by YARP. An app's routes change as a whole and at once; the addresses behind them are those of the
/// containers that run now. Nothing is probed.
/// </summary>
internal sealed partial class EmbeddedEdge(IHttpForwarder forwarder, ContainerWatch containers, PlatformIdentity platform, ILogger<EmbeddedEdge> logger) : IDisposable
{
    private static readonly ForwarderRequestConfig AsItComes = new()
    {
        // An app may answer late, or stream for days. A client that leaves ends the request.
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        // A container's address may soon be another app's; idle connections to it must not linger.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
    });

    private readonly Lock _changing = new();
    private volatile RouteTable _table = RouteTable.Empty;
    private uint _turn;

    /// <summary>What is served now.</summary>
    public RouteTable Table => _table;

    /// <summary>Takes the routes of an app in place of those it had.</summary>
    /// <exception cref="RouteTakenException">Another app serves one of them; nothing is changed.</exception>
    public void Serve(string app, IReadOnlyList<AppRoute> routes)
    {
        lock (_changing)
        {
            foreach (var route in routes)
            {
                if (_table.OwnerOf(route.Address, app) is { } owner)
                    throw new RouteTakenException($"{route.Address} is already served by the app {owner}.");
            }

            _table = _table.With(app, routes);
        }
    }

    /// <summary>Answers one request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        if (_table.Find(context.Request.Host.Host, context.Request.Path.Value ?? "/") is not { } found)
        {
            await SayAsync(context, StatusCodes.Status404NotFound, "no app answers here");
            return;
        }

        var addresses = containers.AddressesOf(ComposeProject.NameOf(platform, found.App), found.Route.Service);
        if (addresses.Count == 0)
        {
            await SayAsync(context, StatusCodes.Status502BadGateway, "the app is not running");
            return;
        }

        // How much may be sent is the app's own business.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var address = addresses[(int)(Interlocked.Increment(ref _turn) % (uint)addresses.Count)];
        var error = await forwarder.SendAsync(context, $"http://{address}:{found.Route.Port}", _client, AsItComes, ForwardedRequest.Transformer);
        if (error is ForwarderError.None || context.RequestAborted.IsCancellationRequested)
            return;
        LogNotAnswered(logger, found.App, found.Route.Service, address, error, context.GetForwarderErrorFeature()?.Exception?.Message);
        if (!context.Response.HasStarted)
            await SayAsync(context, StatusCodes.Status502BadGateway, "the app does not answer");
    }

    public void Dispose() => _client.Dispose();

    private static Task SayAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }

    [LoggerMessage(50, LogLevel.Warning, "{App}: {Service} at {Address} did not answer: {Error} {Detail}")]
    private static partial void LogNotAnswered(ILogger logger, string app, string service, string address, ForwarderError error, string? detail);
}

/// <summary>Two apps want the same host and path.</summary>
internal sealed class RouteTakenException(string message) : Exception(message);
