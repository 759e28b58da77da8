using System.Net;

using Mambo.Backoffice.Ci;
using Mambo.Backoffice.Http;

namespace Mambo.Backoffice.Tokens;

/// <summary>Lets a request in that bears a known token and has not come too often. What is missing, malformed, unknown or expired gets one and the same answer.</summary>
internal sealed class TokenGate(RequestDelegate next, ApiTokens owners, ScopedTokens scoped, RateLimits limits)
{
    private const int Longest = 1024;

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path == CiEndpoints.TokenPath)
        {
            // Its token is another's, and is verified there.
            await next(context);
            return;
        }

        var caller = context.Request.Bearer(Longest) is { } token ? Find(token) : null;
        var wait = caller is null ? limits.TakeFor(context.Connection.RemoteIpAddress ?? IPAddress.None) : limits.TakeFor(caller);
        if (wait is { } pause)
        {
            context.Response.RetryAfter(pause);
            await Problem.TooManyRequests.WriteAsync(context);
        }
        else if (caller is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Problem.Unauthorized.WriteAsync(context);
        }
        else
        {
            context.Features.Set(caller);
            await next(context);
        }
    }

    private Caller? Find(string token) => owners.NameOf(token) is { } owner ? new Caller(owner) : scoped.Find(token);
}
