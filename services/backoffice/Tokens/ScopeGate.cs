using Mambo.Backoffice.Http;

namespace Mambo.Backoffice.Tokens;

/// <summary>Marks a route that looks at the caller's scope itself.</summary>
internal sealed record OpenToScoped;

/// <summary>Lets a token for one app only to the routes that are marked for it; whatever is new is closed to it until it is marked.</summary>
internal sealed class ScopeGate(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        context.Features.Get<Caller>() is { Scope: not null } && context.GetEndpoint()?.Metadata.GetMetadata<OpenToScoped>() is null
            ? Problem.Forbidden.WriteAsync(context)
            : next(context);
}

internal static class ScopeGateExtensions
{
    /// <summary>Opens a route to tokens for one app. Its handler sees to it that they get no further than that app.</summary>
    public static RouteHandlerBuilder ForScopedTokens(this RouteHandlerBuilder route) => route.WithMetadata(new OpenToScoped());
}
