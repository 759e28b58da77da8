using System.Text.Json;

using Mambo.Contracts;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Deployer.Releases;

/// <summary>Where an app's unpacked bundles and releases lie, and how compose is to be called for them.</summary>
internal sealed class ReleaseFolders(MamboPaths paths, PlatformIdentity platform, PlatformOptions options, DeployerOptions deployer)
{
    private const string AdditionsFile = "release.yml";

    /// <summary>The folder of everything of an app.</summary>
    public string App(string app) => Path.Combine(paths.Apps, app);

    /// <summary>The folder of one unpacked bundle.</summary>
    public string Bundle(string app, BundleDigest digest) => Path.Combine(Bundles(app), digest.Hex);

    /// <summary>The folder of an app's unpacked bundles.</summary>
    public string Bundles(string app) => Path.Combine(App(app), "bundles");

    /// <summary>The folder of an app's releases, each under its number.</summary>
    public string Releases(string app) => Path.Combine(App(app), "releases");

    /// <summary>The folder of the secrets an app's containers see, one file per content.</summary>
    public string Secrets(string app) => Path.Combine(App(app), "secrets");

    /// <summary>The file of one secret.</summary>
    public string Secret(string app, ReleasedSecret secret) => Path.Combine(Secrets(app), secret.FileName);

    /// <summary>The folder of one release.</summary>
    public string Release(Release release) => Path.Combine(Releases(release.App), release.Number.ToString());

    /// <summary>How compose is called for a release that is on disk.</summary>
    public ComposeProject Project(Release release)
    {
        return Project(release.App, release.Bundle, release.Content.ComposeFile, Additions(release.App, release.Number), release.Content.Preview);
    }

    /// <summary>How compose is called for a bundle alone.</summary>
    public ComposeProject Project(string app, string bundle, string composeFile, string? preview) => Project(app, bundle, composeFile, additions: null, preview);

    /// <summary>
    /// Writes what a release adds to its bundle: images in place of the bundle's, the slot of each service as a label on its containers, and where the secrets lie that the
    /// bundle calls external.
    /// </summary>
    public void Write(Release release)
    {
        var file = Additions(release.App, release.Number);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // JSON is YAML, and needs no thought about quoting.
        var services = release.Content.Slots.ToDictionary(
            slot => slot.Key,
            slot => new { Image = release.Content.ImageOverrides.GetValueOrDefault(slot.Key), Labels = new Dictionary<string, string> { [AppContainer.SlotLabel] = $"{slot.Value}" } });
        var secrets = release.Content.Secrets.ToDictionary(secret => secret.Key, secret => new { External = false, File = Secret(release.App, secret.Value) });
        File.WriteAllText(file + ".part", JsonSerializer.Serialize(new { services, secrets }, WireJson.Options));
        File.Move(file + ".part", file, overwrite: true);
    }

    private string Additions(string app, int number) => Path.Combine(Releases(app), number.ToString(), AdditionsFile);

    private ComposeProject Project(string app, string bundle, string composeFile, string? additions, string? preview)
    {
        if (!BundleDigest.TryParse(bundle, out var digest, out var problem))
            throw new InvalidOperationException($"The journal holds a bundle that is none: {problem}");
        var directory = Bundle(app, digest);
        return new ComposeProject(
            ComposeProject.NameOf(platform, app),
            directory,
            additions is null ? [Path.Combine(directory, composeFile)] : [Path.Combine(directory, composeFile), additions],
            Variables(app, preview))
        {
            DockerConfiguration = File.Exists(Path.Combine(paths.Registries, "config.json")) ? paths.Registries : null,
        };
    }

    /// <summary>What compose files may refer to.</summary>
    private Dictionary<string, string> Variables(string app, string? preview)
    {
        var variables = new Dictionary<string, string> { ["MAMBO_DOMAIN"] = options.Domain, ["MAMBO_APP"] = app, ["MAMBO_PREVIEW"] = preview ?? "" };
        if (deployer.WebImage is { } image)
            variables["MAMBO_WEB_IMAGE"] = image;
        return variables;
    }
}
