using Yarp.ReverseProxy.Forwarder;

namespace Mambo.Deployer.Edge;

/// <summary>
/// A request as the app gets it: the host the client asked for, and who the client is in <c>X-Forwarded-*</c>. What the client itself put there is not
/// believed: the edge is the first hop.
/// </summary>
internal sealed class ForwardedRequest(SlotTraffic traffic, long began) : HttpTransformer
{
    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        Set(proxyRequest, "X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
        Set(proxyRequest, "X-Forwarded-Proto", httpContext.Request.Scheme);
        Set(proxyRequest, "X-Forwarded-Host", httpContext.Request.Host.Value);
        Set(proxyRequest, "Forwarded", null);
    }

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null)
            traffic.Answered((int)proxyResponse.StatusCode, began);
        return base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }

    private static void Set(HttpRequestMessage request, string header, string? value)
    {
        request.Headers.Remove(header);
        if (value is not null)
            request.Headers.TryAddWithoutValidation(header, value);
    }
}
