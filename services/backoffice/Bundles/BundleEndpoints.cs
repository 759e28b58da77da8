using System.Globalization;

using Mambo.Backoffice.Http;
using Mambo.Backoffice.Tokens;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;

using Microsoft.AspNetCore.Http.Features;

namespace Mambo.Backoffice.Bundles;

/// <summary>A stored bundle.</summary>
/// <param name="Digest">Its digest: sha256: and 64 hexadecimal digits of the packed bytes.</param>
/// <param name="Size">Its size in bytes.</param>
internal sealed record Bundle(string Digest, long Size);

/// <summary><c>/api/bundles</c>.</summary>
internal static class BundleEndpoints
{
    private const string OctetStream = "application/octet-stream";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapMethods("/bundles/{digest}", [HttpMethods.Head], Head)
            .WithName("findBundle").WithTags("Bundles").ForScopedTokens()
            .WithSummary("Ask whether a bundle is stored")
            .WithDescription("200 with its size as Content-Length when it is stored, 404 when it is not. Neither has a body.")
            .WithPath("digest", "Digest of the packed bytes: sha256: and 64 hexadecimal digits.")
            .Answers(StatusCodes.Status200OK, "It is stored; Content-Length is its size.")
            .Answers(StatusCodes.Status400BadRequest, "The digest is malformed.")
            .Answers(StatusCodes.Status404NotFound, "It is not stored.");

        api.MapPut("/bundles/{digest}", PutAsync)
            .WithName("storeBundle").WithTags("Bundles").ForScopedTokens()
            .WithSummary("Store a bundle")
            .WithDescription("Takes the packed app folder (tar.gz) as the body and keeps it when its SHA-256 is the digest in the path. A bundle that is stored is answered at once.")
            .WithPath("digest", "Digest of the packed bytes: sha256: and 64 hexadecimal digits.")
            .WithBinaryBody("application/gzip", OctetStream)
            .Answers<Bundle>(StatusCodes.Status201Created, "It is stored now.")
            .Answers<Bundle>(StatusCodes.Status200OK, "It was stored before.")
            .Problems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status507InsufficientStorage);
    }

    private static IResult Head(string digest, HttpResponse response, BundleStore bundles)
    {
        if (!BundleDigest.TryParse(digest, out var wanted, out var problem))
            return Problem.Faulty(new FieldError("digest", problem));
        if (bundles.SizeOf(wanted) is not { } size)
            return Problem.NotFound;
        response.ContentType = OctetStream;
        response.ContentLength = size;
        return TypedResults.Empty;
    }

    private static async Task<IResult> PutAsync(string digest, HttpContext context, BundleStore bundles, ApiOptions options)
    {
        if (!BundleDigest.TryParse(digest, out var named, out var problem))
            return Problem.Faulty(new FieldError("digest", problem));
        // The bytes need not be read again: they were verified when they were stored.
        if (bundles.SizeOf(named) is { } stored)
            return TypedResults.Json(new Bundle(named.Value, stored));
        if (context.Request.ContentLength > options.MaxBundleBytes)
            return TooLarge(options);

        // The store counts for itself, so that the answer names the limit.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        var result = await bundles.StoreAsync(named, context.Request.Body, context.CallerName(), context.RequestAborted);
        return result.Outcome switch
        {
            StoreOutcome.Stored => TypedResults.Json(new Bundle(named.Value, result.Size), statusCode: StatusCodes.Status201Created),
            StoreOutcome.WasThere => TypedResults.Json(new Bundle(named.Value, result.Size)),
            StoreOutcome.TooLarge => TooLarge(options),
            StoreOutcome.DiskFull => Problem.DiskFull,
            _ => Problem.Faulty(new FieldError(
                "digest", $"The body's {result.Size.ToString(CultureInfo.InvariantCulture)} bytes have the digest {result.Actual}, not {named}. Send the bytes the digest was made of.")),
        };
    }

    private static Problem TooLarge(ApiOptions options) =>
        Problem.TooLarge($"A bundle has at most {ByteSize.Format(options.MaxBundleBytes)} (api.maxBundleBytes). Leave out what the app does not need, or raise the limit.");
}
