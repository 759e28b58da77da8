using System.Text.Json;

using Mambo.Contracts;
using Mambo.Deployer.Compose;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Deployer.Releases;

/// <summary>Where an app's unpacked bundles and releases lie, and how compose is to be called for them.</summary>
internal sealed class ReleaseFolders(MamboPaths paths, PlatformIdentity platform, PlatformOptions options, DeployerOptions deployer)
{
    private const string ImagesFile = "images.yml";

    /// <summary>The folder of one unpacked bundle.</summary>
    public string Bundle(string app, BundleDigest digest) => Path.Combine(Bundles(app), digest.Hex);

    /// <summary>The folder of an app's unpacked bundles.</summary>
    public string Bundles(string app) => Path.Combine(paths.Apps, app, "bundles");

    /// <summary>The folder of an app's releases, each under its number.</summary>
    public string Releases(string app) => Path.Combine(paths.Apps, app, "releases");

    /// <summary>How compose is called for a release that is on disk.</summary>
    public ComposeProject Project(Release release)
    {
        var content = release.Content;
        return Project(release.App, release.Bundle, content.ComposeFile, content.ImageOverrides.Count == 0 ? null : Images(release.App, release.Number));
    }

    /// <summary>How compose is called for a bundle alone.</summary>
    public ComposeProject Project(string app, string bundle, string composeFile) => Project(app, bundle, composeFile, images: null);

    /// <summary>Writes what a release adds to its bundle.</summary>
    public void Write(Release release)
    {
        var file = Images(release.App, release.Number);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        if (release.Content.ImageOverrides.Count == 0)
            return;
        // JSON is YAML, and needs no thought about quoting.
        var services = release.Content.ImageOverrides.ToDictionary(image => image.Key, image => new { Image = image.Value });
        File.WriteAllText(file + ".part", JsonSerializer.Serialize(new { services }, WireJson.Options));
        File.Move(file + ".part", file, overwrite: true);
    }

    private string Images(string app, int number) => Path.Combine(Releases(app), number.ToString(), ImagesFile);

    private ComposeProject Project(string app, string bundle, string composeFile, string? images)
    {
        if (!BundleDigest.TryParse(bundle, out var digest, out var problem))
            throw new InvalidOperationException($"The journal holds a bundle that is none: {problem}");
        var directory = Bundle(app, digest);
        return new ComposeProject(
            ComposeProject.NameOf(platform, app),
            directory,
            images is null ? [Path.Combine(directory, composeFile)] : [Path.Combine(directory, composeFile), images],
            Variables(app));
    }

    /// <summary>What compose files may refer to.</summary>
    private Dictionary<string, string> Variables(string app)
    {
        var variables = new Dictionary<string, string> { ["MAMBO_DOMAIN"] = options.Domain, ["MAMBO_APP"] = app };
        if (deployer.WebImage is { } image)
            variables["MAMBO_WEB_IMAGE"] = image;
        return variables;
    }
}
