using Microsoft.AspNetCore.Http.Features;

namespace Mambo.Backoffice.Tokens;

/// <summary>Whose token came with the request.</summary>
/// <param name="Name">The token's name, or the job it was exchanged for; the timeline shows it as who asked.</param>
/// <param name="Scope">What it is good for. Null: for everything, it is a token of the owner's.</param>
internal sealed record Caller(string Name, Scope? Scope = null);

/// <summary>A token's limits.</summary>
/// <param name="App">The only app it may deploy and see deployments of.</param>
/// <param name="Commit">The only commit it may deploy. Null: any.</param>
/// <param name="Repository">The repository of the CI job it was exchanged for, such as <c>github:74</c>. Null: it was made by the owner.</param>
internal sealed record Scope(string App, string? Commit = null, string? Repository = null)
{
    /// <summary>It sees only what its own job asked for.</summary>
    public bool IsOfCi => Repository is not null;
}

internal static class CallerExtensions
{
    private const string Scheme = "Bearer ";

    /// <summary>Who asks; every request behind the gate has one.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();

    /// <summary>The name of the request's token.</summary>
    public static string CallerName(this HttpContext context) => context.Caller().Name;

    /// <summary>The token of the header Authorization. Null: there is none, or more than one, or it is too long.</summary>
    public static string? Bearer(this HttpRequest request, int longest) =>
        request.Headers.Authorization is [{ } value] && value.Length > Scheme.Length && value.Length <= Scheme.Length + longest && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value[Scheme.Length..].Trim()
            : null;

    /// <summary>Says how long to wait, in whole seconds.</summary>
    public static void RetryAfter(this HttpResponse response, TimeSpan wait) => response.Headers.RetryAfter = ((long)Math.Max(1, Math.Ceiling(wait.TotalSeconds))).ToString();
}
