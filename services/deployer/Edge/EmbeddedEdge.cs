using System.Diagnostics;

using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Configuration;

using Microsoft.AspNetCore.Http.Features;

using Yarp.ReverseProxy.Forwarder;

namespace Mambo.Deployer.Edge;

/// <summary>
/// The edge in this process, by YARP. The addresses behind a route are those of the containers of its slot that run now. Nothing is probed: the rollout has done that.
/// </summary>
internal sealed partial class EmbeddedEdge(IHttpForwarder forwarder, ContainerWatch containers, PlatformIdentity platform, ILogger<EmbeddedEdge> logger) : IEdge, IDisposable
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
    private RouteTable _table = RouteTable.Empty();
    private uint _turn;

    /// <summary>What is served now.</summary>
    public RouteTable Table => Volatile.Read(ref _table);

    public AppRoutes RoutesOf(ComposeModel model) => AppRoutes.Of(model);

    public string? OwnerOf(string address, string app) => Table.OwnerOf(address, app);

    public Task ServeAsync(string app, Serving serving, CancellationToken cancellationToken)
    {
        Serve(app, serving);
        return Task.CompletedTask;
    }

    /// <inheritdoc cref="IEdge.ServeAsync"/>
    public void Serve(string app, Serving serving)
    {
        lock (_changing)
        {
            foreach (var route in serving.Routes)
            {
                if (Table.OwnerOf(route.Address, app) is { } owner)
                    throw new RouteTakenException($"{route.Address} is already served by the app {owner}.");
            }

            // A full fence: who drains afterwards sees every request that began under the old table.
            Interlocked.Exchange(ref _table, Table.With(app, serving));
        }
    }

    public async Task<bool> DrainAsync(string app, IReadOnlyDictionary<string, int> slots, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(longest);
        try
        {
            await Task.WhenAll(slots.Select(slot => Table.TrafficOf(app, slot.Key, slot.Value).IdleAsync(late.Token)));
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public TrafficCount? Traffic(string app, IReadOnlyDictionary<string, int> slots) =>
        slots.Aggregate(default(TrafficCount), (sum, slot) => sum + Table.TrafficOf(app, slot.Key, slot.Value).Count);

    /// <summary>Answers one request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var began = Stopwatch.GetTimestamp();
        if (Begin(context.Request.Host.Host, context.Request.Path.Value ?? "/") is not { } found)
        {
            await SayAsync(context, StatusCodes.Status404NotFound, "no app answers here");
            return;
        }

        try
        {
            await ForwardAsync(context, found, began);
        }
        finally
        {
            found.Traffic.End();
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>The route of a request, which counts as under way from here. Null: no app answers.</summary>
    private EdgeRoute? Begin(string host, string path)
    {
        while (true)
        {
            var table = Table;
            if (table.Find(host, path) is not { } found)
                return null;
            found.Traffic.Begin();
            if (table == Table)
                return found;
            // The routes changed in between; the old containers may already be drained.
            found.Traffic.End();
        }
    }

    private async Task ForwardAsync(HttpContext context, EdgeRoute found, long began)
    {
        var addresses = containers.AddressesOf(ComposeProject.NameOf(platform, found.App), found.Route.Service, found.Slot);
        if (addresses.Count == 0)
        {
            found.Traffic.Answered(StatusCodes.Status502BadGateway, began);
            await SayAsync(context, StatusCodes.Status502BadGateway, "the app is not running");
            return;
        }

        // How much may be sent is the app's own business.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var address = addresses[(int)(Interlocked.Increment(ref _turn) % (uint)addresses.Count)];
        var request = new ForwardedRequest(found.Traffic, began);
        var error = await forwarder.SendAsync(context, $"http://{address}:{found.Route.Port}", _client, AsItComes, request);
        if (error is ForwarderError.None || context.RequestAborted.IsCancellationRequested)
            return;
        LogNotAnswered(logger, found.App, found.Route.Service, address, error, context.GetForwarderErrorFeature()?.Exception?.Message);
        if (context.Response.HasStarted)
            return;
        found.Traffic.Answered(StatusCodes.Status502BadGateway, began);
        await SayAsync(context, StatusCodes.Status502BadGateway, "the app does not answer");
    }

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
