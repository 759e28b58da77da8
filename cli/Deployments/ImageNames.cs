namespace Mambo.Cli.Deployments;

/// <summary>Images of a release, short enough for a column.</summary>
internal static class ImageNames
{
    private const int DigestDigits = 7;

    /// <summary><c>web=shop:1.2 db=postgres@sha256:0123456…</c>; an image all services share is named once.</summary>
    public static string Of(IReadOnlyDictionary<string, string>? images) => images switch
    {
        null or { Count: 0 } => "-",
        _ when images.Values.Distinct().Count() == 1 => Short(images.Values.First()),
        _ => string.Join(' ', images.OrderBy(image => image.Key, StringComparer.Ordinal).Select(image => $"{image.Key}={Short(image.Value)}")),
    };

    private static string Short(string image)
    {
        var digest = image.IndexOf("@sha256:", StringComparison.Ordinal);
        return digest < 0 || image.Length < digest + 8 + DigestDigits ? image : $"{image[..(digest + 8 + DigestDigits)]}…";
    }
}
