using System.Text.RegularExpressions;

using Mambo.Backoffice.Http;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Backoffice.Deployments;

/// <summary>Makes a request out of a body, or says everything that is wrong with it.</summary>
internal static partial class DeploymentRequestReader
{
    public const int LongestCommit = 100;
    public const int LongestReason = 500;
    public const int LongestKey = 200;

    private const string Example = """{"app":"shop","bundle":"sha256:…"}""";
    private const string ImagesRemedy = """It must be an object of compose services and images, such as {"web":"ghcr.io/you/shop:1"}.""";

    private static readonly string[] Fields = ["app", "bundle", "images", "host", "commit", "generation", "preview", "ttl"];

    /// <summary>Not to be used when there are faults.</summary>
    /// <param name="body">The bytes of the body.</param>
    /// <param name="isStored">Whether a bundle is stored.</param>
    /// <param name="errors">Where faults go.</param>
    public static DeploymentRequest Read(ReadOnlyMemory<byte> body, Func<BundleDigest, bool> isStored, List<FieldError> errors)
    {
        var json = new JsonFields(body, Example, Fields, errors);
        var request = new DeploymentRequest
        {
            App = json.Text("app") ?? "",
            Bundle = json.Text("bundle"),
            Images = json.Texts("images", ImagesRemedy),
            Host = json.Text("host"),
            Commit = json.Line("commit", LongestCommit),
            Generation = json.Number("generation", 0, long.MaxValue),
            Preview = json.Text("preview"),
            Ttl = json.Text("ttl"),
        };
        if (json.IsObject)
            Check(request, isStored, errors);
        return request;
    }

    /// <summary>The reason in the body of a cancellation; the body may be missing.</summary>
    public static CancelRequest ReadCancel(ReadOnlyMemory<byte> body, List<FieldError> errors) => body.IsEmpty
        ? new CancelRequest()
        : new CancelRequest { Reason = new JsonFields(body, """{"reason":"wrong branch"}""", ["reason"], errors).Line("reason", LongestReason) };

    /// <summary>Where to go back to; the body may be missing.</summary>
    public static RollBackRequest ReadRollBack(string app, ReadOnlyMemory<byte> body, List<FieldError> errors)
    {
        if (!AppName.TryParse(app, out _, out var problem))
            errors.Add(new FieldError("app", problem));
        if (body.IsEmpty)
            return new RollBackRequest();
        var json = new JsonFields(body, """{"toRelease":41}""", ["toRelease", "host"], errors);
        var request = new RollBackRequest { ToRelease = (int?)json.Number("toRelease", 1, int.MaxValue), Host = json.Text("host") };
        CheckHost(request.Host, errors);
        return request;
    }

    /// <summary>Checks the header <c>Idempotency-Key</c>. Null: none was sent.</summary>
    public static string? ReadKey(IReadOnlyList<string?> header, List<FieldError> errors)
    {
        if (header.Count == 0)
            return null;
        if (header is [{ Length: >= 1 and <= LongestKey } key] && key.All(letter => letter is >= '!' and <= '~'))
            return key;
        errors.Add(new FieldError("Idempotency-Key", $"It must be 1 to {LongestKey} visible ASCII characters, given once."));
        return null;
    }

    private static void Check(DeploymentRequest request, Func<BundleDigest, bool> isStored, List<FieldError> errors)
    {
        // A field of the wrong type is unset here, and has its fault already.
        var faulty = errors.Select(error => error.Field.Split('.')[0]).ToHashSet(StringComparer.Ordinal);
        if (!faulty.Contains("app") && !AppName.TryParse(request.App, out _, out var appProblem))
            Add("app", appProblem);
        if (request.Bundle is { } bundle)
        {
            if (!BundleDigest.TryParse(bundle, out var digest, out var digestProblem))
                Add("bundle", digestProblem);
            else if (!isStored(digest))
                Add("bundle", $"{bundle} is not stored. Store it first: PUT /api/bundles/{bundle}.");
        }

        foreach (var (service, image) in request.Images ?? new Dictionary<string, string>())
        {
            var field = $"images.{JsonFields.Plain(service)}";
            if (!Service().IsMatch(service))
                Add(field, "It is no name of a compose service. Write 1 to 63 letters, digits, dots, hyphens or underscores, beginning with a letter or digit.");
            if (!ImageReference.TryParse(image, out _, out var imageProblem))
                Add(field, imageProblem);
        }

        CheckHost(request.Host, errors);
        CheckPreview(request, errors);
        if (request.Bundle is null && request.Images is null or { Count: 0 } && !faulty.Contains("bundle") && !faulty.Contains("images"))
            Add("bundle", "Neither bundle nor images is given. Write the digest of a stored bundle, or images for the bundle the app runs now.");

        void Add(string field, string problem) => errors.Add(new FieldError(field, problem));
    }

    private static void CheckPreview(DeploymentRequest request, List<FieldError> errors)
    {
        if (request.Preview is { } preview && AppName.TryParse(request.App, out var app, out _) && !PreviewName.TryJoin(app, preview, out _, out var problem))
            errors.Add(new FieldError("preview", problem));
        if (PreviewName.FaultOfTtl(request.Ttl) is { } fault)
            errors.Add(new FieldError("ttl", fault));
        else if (request is { Ttl: not null, Preview: null })
            errors.Add(new FieldError("ttl", "Only a preview has one. Name the preview, or leave it out."));
    }

    public static void CheckHost(string? name, List<FieldError> errors)
    {
        if (name is not null && !Host().IsMatch(name))
            errors.Add(new FieldError("host", $"{Quoted.Text(name)} is no host name. Write 1 to 63 lower-case letters, digits or inner hyphens, or leave it out for this host."));
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Service();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
