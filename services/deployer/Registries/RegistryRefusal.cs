using System.Text.RegularExpressions;

namespace Mambo.Deployer.Registries;

/// <summary>Reads out of what Docker says of a pull that a registry wants to know who asks, or will not give the image to who asked.</summary>
internal static partial class RegistryRefusal
{
    private const string Hub = "docker.io";

    /// <summary>What to do, for a person. Null: the pull failed for another reason.</summary>
    /// <param name="images">The images that are still missing.</param>
    /// <param name="lines">What compose wrote on standard error.</param>
    public static string? Of(IReadOnlyList<string> images, IEnumerable<string> lines)
    {
        if (!lines.Any(line => Refused().IsMatch(line)))
            return null;
        var registries = images.Select(RegistryOf).Distinct().Order(StringComparer.Ordinal).ToList();
        return $"{string.Join(", ", images)} could not be pulled: {string.Join(", ", registries)} refused it. Either it is not there, or this host has no login, or a wrong one. "
            + $"Check the name, then run on this host: {string.Join("; ", registries.Select(registry => $"mambo registry login {registry} --user NAME"))}";
    }

    /// <summary>The registry an image comes from: its name's first part when that looks like a host, else Docker Hub.</summary>
    internal static string RegistryOf(string image) =>
        image.IndexOf('/') is > 0 and var slash && image[..slash] is var first && (first.Contains('.') || first.Contains(':') || first == "localhost") ? first : Hub;

    [GeneratedRegex(@"unauthorized|authentication required|no basic auth credentials|access denied|access to the resource is denied|incorrect username or password|\b(401|403)\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Refused();
}
