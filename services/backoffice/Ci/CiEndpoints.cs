using System.Net;

using Mambo.Backoffice.Deployments;
using Mambo.Backoffice.Http;
using Mambo.Backoffice.Tokens;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Backoffice.Ci;

/// <summary>What a job wants of the token it sends.</summary>
internal sealed record CiTokenRequest
{
    /// <summary>The app it is to deploy.</summary>
    public required string App { get; init; }
}

/// <summary><c>/api/ci/token</c>: the one call that needs no token of this platform, because it brings one of the CI system.</summary>
internal static partial class CiEndpoints
{
    public static readonly PathString TokenPath = "/api/ci/token";

    /// <summary>Says nothing of the token, whatever is wrong with it.</summary>
    private static readonly Problem Refused = new("Unauthorized", StatusCodes.Status401Unauthorized, "This token of CI is not accepted here. The platform's log says why.");

    private static readonly Problem Unavailable = new(
        "Service unavailable", StatusCodes.Status503ServiceUnavailable, "The token cannot be checked now. Send it again after the time of the header Retry-After, in seconds.");

    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/ci/token", PostAsync)
        .WithName("exchangeCiToken").WithTags("CI")
        .WithSummary("Exchange a token of CI")
        .WithDescription(
            "The header Authorization bears the OpenID Connect token of a job of GitHub Actions or GitLab CI, made for the audience ci.audience. When ci.apps lets the job deploy the app, "
            + "the answer is a token of this platform that lives 20 minutes: it stores bundles, asks for deployments of this app at the job's commit, and follows those.")
        .Accepts<CiTokenRequest>("application/json")
        .Answers<CiGrant>(StatusCodes.Status200OK, "The token. The same token of CI with the same body gets it again.")
        .Problems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType, StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> PostAsync(HttpContext context, TokenVerifier verifier, CiDesk desk, RateLimits limits, ILogger<CiGrant> logger)
    {
        var raw = context.Request.Bearer(CiToken.Longest);
        var (job, refusal) = await verifier.VerifyAsync(raw);
        if (job is null)
            return Refuse(context, refusal!, limits, logger);
        if (limits.TakeForRepository(job.RepositoryKey) is { } wait)
            return TooMany(context, wait);

        if (await context.Request.ReadBoundedAsync(context.RequestAborted) is not { } body)
            return BoundedBody.TooLarge;
        var errors = new List<FieldError>();
        var json = new JsonFields(body, """{"app":"shop"}""", ["app"], errors);
        var app = json.Text("app");
        if (errors.Count == 0 && !AppName.TryParse(app, out _, out var problem))
            json.Add("app", problem);
        if (errors.Count > 0)
            return Problem.Faulty(errors);

        (var grant, refusal) = await desk.ExchangeAsync(raw!, job, app!, DeploymentDesk.DigestOf(body));
        if (grant is null)
            return Refuse(context, refusal!, limits, logger);
        CiMetrics.CountExchanged(grant.App);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(grant);
    }

    private static Problem Refuse(HttpContext context, Refusal refusal, RateLimits limits, ILogger logger)
    {
        CiMetrics.CountRefused(refusal.Reason);
        LogRefused(logger, CiMetrics.Label(refusal.Reason), refusal.Detail);
        if (limits.TakeFor(context.Connection.RemoteIpAddress ?? IPAddress.None) is { } wait)
            return TooMany(context, wait);
        if (refusal.Reason != RefusalReason.KeysUnavailable)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Refused;
        }

        context.Response.RetryAfter(IssuerKeys.BetweenFirstFetches);
        return Unavailable;
    }

    private static Problem TooMany(HttpContext context, TimeSpan wait)
    {
        context.Response.RetryAfter(wait);
        return Problem.TooManyRequests;
    }

    [LoggerMessage(142, LogLevel.Warning, "A token of CI was refused ({Reason}): {Detail}")]
    private static partial void LogRefused(ILogger logger, string reason, string detail);
}
