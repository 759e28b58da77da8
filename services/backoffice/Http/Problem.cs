using Mambo.Contracts;
using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Http;

/// <summary>Why a request was not carried out (RFC 9457).</summary>
/// <param name="Title">The kind of problem, in words; the same for the same status.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong and what to do, for a person.</param>
/// <param name="Errors">Every fault of the input. Unset: the input is not the problem.</param>
internal sealed record Problem(string Title, int Status, string Detail, IReadOnlyList<FieldError>? Errors = null) : IResult
{
    public const string ContentType = "application/problem+json";

    public static Problem Unauthorized { get; } = new("Unauthorized", StatusCodes.Status401Unauthorized, "Send the header Authorization: Bearer TOKEN with a token of this platform.");

    public static Problem Forbidden { get; } = new("Forbidden", StatusCodes.Status403Forbidden, "This token is for one app, and lets nothing else be done or seen.");

    public static Problem NotFound { get; } = new("Not found", StatusCodes.Status404NotFound, "There is nothing here under this name.");

    public static Problem TooManyRequests { get; } = new("Too many requests", StatusCodes.Status429TooManyRequests, "Wait as long as the header Retry-After says, in seconds.");

    public static Problem Internal { get; } = new("Internal error", StatusCodes.Status500InternalServerError, "The platform failed. Its log says why.");

    public static Problem DiskFull { get; } = new(
        "Insufficient storage", StatusCodes.Status507InsufficientStorage, "The platform's disk is full, and nothing was kept of this request. Free space on the host, then send it again.");

    public static Problem Conflict(string detail) => new("Conflict", StatusCodes.Status409Conflict, detail);

    public static Problem TooLarge(string detail) => new("Content too large", StatusCodes.Status413PayloadTooLarge, detail);

    public static Problem Faulty(params IReadOnlyList<FieldError> errors) => new(
        "Faulty request", StatusCodes.Status400BadRequest, errors.Count == 1 ? "The request has a fault." : $"The request has {errors.Count} faults.", errors);

    /// <summary>The problem of a status the framework set without a body, such as 405.</summary>
    public static Problem OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => NotFound,
        StatusCodes.Status405MethodNotAllowed => new("Method not allowed", status, "This path does not answer the method. The header Allow lists those it answers."),
        StatusCodes.Status413PayloadTooLarge => TooLarge("The body is too large."),
        StatusCodes.Status415UnsupportedMediaType => new("Unsupported media type", status, "Send the body as Content-Type: application/json."),
        _ => new("Bad request", status, "The request cannot be understood."),
    };

    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(this, WireJson.Options, ContentType, context.RequestAborted);
    }

    Task IResult.ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);
}
