using System.Globalization;
using System.Text.RegularExpressions;

using Mambo.Backoffice.Http;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Backoffice.Tokens;

/// <summary>Asks for a token.</summary>
internal sealed record ApiTokenRequest
{
    /// <summary>Its name, for the timeline: 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.</summary>
    public required string Name { get; init; }

    /// <summary>The app it may deploy.</summary>
    public required string App { get; init; }

    /// <summary>When it ends, at most 366 days from now.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A new token. This answer is the only place it is ever shown.</summary>
/// <param name="Token">The token itself.</param>
/// <param name="Name">Its name.</param>
/// <param name="App">The app it may deploy.</param>
/// <param name="ExpiresAt">When it ends.</param>
internal sealed record NewApiToken(string Token, string Name, string App, DateTimeOffset ExpiresAt);

/// <summary>Tokens for one app, by name.</summary>
internal sealed record ApiTokenList(IReadOnlyList<ApiToken> Tokens);

/// <summary><c>/api/tokens</c>.</summary>
internal static partial class ApiTokenEndpoints
{
    private const string Tag = "Tokens";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/tokens", PostAsync)
            .WithName("createToken").WithTags(Tag)
            .WithSummary("Make a token for one app")
            .WithDescription("It stores bundles, asks for deployments of this app and follows them, until it ends or is revoked. Only a token of the secret api-tokens can make one.")
            .Accepts<ApiTokenRequest>("application/json")
            .Answers<NewApiToken>(StatusCodes.Status201Created, "The token, shown this once.")
            .Problems(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType);

        api.MapGet("/tokens", (ApiTokenTable tokens) => TypedResults.Json(new ApiTokenList(tokens.All())))
            .WithName("listTokens").WithTags(Tag)
            .WithSummary("List the tokens for one app")
            .WithDescription("Those that have ended too, until they are revoked; never a token itself.")
            .Answers<ApiTokenList>(StatusCodes.Status200OK, "The tokens, by name.");

        api.MapDelete("/tokens/{name}", DeleteAsync)
            .WithName("revokeToken").WithTags(Tag)
            .WithSummary("Revoke a token")
            .WithDescription("From this answer on it opens nothing. What it asked for goes on.")
            .WithPath("name", "The token's name.")
            .Answers(StatusCodes.Status204NoContent, "It is revoked.")
            .Problems(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> PostAsync(HttpContext context, ApiTokens owners, ApiTokenTable tokens, TimeProvider time)
    {
        if (await context.Request.ReadBoundedAsync(context.RequestAborted) is not { } body)
            return BoundedBody.TooLarge;
        var errors = new List<FieldError>();
        var json = new JsonFields(body, """{"name":"ci","app":"shop","expiresAt":"2027-01-31T00:00:00Z"}""", ["name", "app", "expiresAt"], errors);
        var (name, app, ends) = (json.Text("name"), json.Text("app"), json.Text("expiresAt"));
        if (json.IsObject)
            Check(name, app, ends, time.GetUtcNow(), errors);
        if (errors.Count > 0)
            return Problem.Faulty(errors);

        var created = owners.Has(name!) ? null : await tokens.CreateAsync(name!, app!, Time(ends)!.Value, context.CallerName());
        if (created is not var (token, value))
            return Problem.Conflict($"There is a token {name} already. Revoke it first, or use another name.");
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new NewApiToken(value, token.Name, token.App, token.ExpiresAt), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> DeleteAsync(string name, HttpContext context, ApiTokenTable tokens) =>
        await tokens.RevokeAsync(name, context.CallerName()) ? TypedResults.NoContent() : Problem.NotFound;

    private static void Check(string? name, string? app, string? ends, DateTimeOffset now, List<FieldError> errors)
    {
        var faulty = errors.Select(error => error.Field).ToHashSet(StringComparer.Ordinal);
        if (!faulty.Contains("name") && (name is null || !Name().IsMatch(name)))
            Add("name", $"{(name is null ? "It is missing." : $"{Quoted.Text(name)} is no name.")} Write 1 to 64 letters, digits, dots, hyphens or underscores, beginning with a letter or digit.");
        if (!faulty.Contains("app") && !AppName.TryParse(app, out _, out var problem))
            Add("app", problem);
        if (faulty.Contains("expiresAt"))
            return;
        if (Time(ends) is not { } at)
            Add("expiresAt", $"{(ends is null ? "It is missing." : $"{Quoted.Text(ends)} is no time.")} Write one such as 2027-01-31T00:00:00Z.");
        else if (at <= now || at > now + Longest)
            Add("expiresAt", $"It must be in the future and at most {Longest.TotalDays:0} days from now.");

        void Add(string field, string text) => errors.Add(new FieldError(field, text));
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
