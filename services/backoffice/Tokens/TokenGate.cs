using System.Net;

using Mambo.Backoffice.Http;

using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Mambo.Backoffice.Tokens;

/// <summary>Lets a request in that bears a known token and has not come too often. What is missing, malformed or unknown gets one and the same answer.</summary>
internal sealed class TokenGate(RequestDelegate next, ApiTokens tokens, RateLimits limits)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var name = Bearer(context.Request) is { } token ? tokens.NameOf(token) : null;
        var wait = name is null ? limits.TakeFor(context.Connection.RemoteIpAddress ?? IPAddress.None) : limits.TakeFor(name);
        if (wait is { } pause)
        {
            context.Response.Headers.RetryAfter = ((long)Math.Max(1, Math.Ceiling(pause.TotalSeconds))).ToString();
            await Problem.TooManyRequests.WriteAsync(context);
        }
        else if (name is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Problem.Unauthorized.WriteAsync(context);
        }
        else
        {
            context.Features.Set(new Caller(name));
            await next(context);
        }
    }

    private static string? Bearer(HttpRequest request)
    {
        const string scheme = "Bearer ";
        return request.Headers[HeaderNames.Authorization] is [{ Length: > 7 and < 1024 } value] && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? value[scheme.Length..].Trim()
            : null;
    }
}

/// <summary>Whose token came with the request.</summary>
internal sealed record Caller(string Name);

internal static class CallerExtensions
{
    /// <summary>The name of the request's token; every request behind the gate has one.</summary>
    public static string CallerName(this HttpContext context) => context.Features.GetRequiredFeature<Caller>().Name;
}
