using Mambo.ServiceDefaults.Names;

namespace Mambo.Cli.Deployments;

/// <summary>What a person asked to deploy: apps, and a folder or images or both.</summary>
/// <param name="Folder">Full path of the folder to pack. Null: the bundle of each app's current release.</param>
/// <param name="Apps">Names of the apps, at least one.</param>
/// <param name="Images">Image reference per compose service. Null: as the bundle says.</param>
/// <param name="Commit">The commit it was built from. Null: unknown.</param>
/// <param name="Generation">Orders deployments whatever order they arrive in. Null: the last to arrive wins.</param>
internal sealed record DeployRequest(string? Folder, IReadOnlyList<string> Apps, IReadOnlyDictionary<string, string>? Images, string? Commit, long? Generation = null)
{
    /// <summary>The name of the preview to deploy instead. Null: the app itself.</summary>
    public string? Preview { get; init; }

    /// <summary>How long the preview stays. Null: as the platform has it.</summary>
    public string? Ttl { get; init; }

    private static readonly string[] ComposeFiles = ["compose.yml", "compose.yaml", "docker-compose.yml", "docker-compose.yaml"];

    /// <exception cref="CommandFailure">It makes no sense, with exit code 2.</exception>
    public static DeployRequest Of(string? folder, IReadOnlyList<string> apps, IReadOnlyList<string> images, string? commit, long? generation = null)
    {
        if (folder is null && apps.Count == 0)
            throw CommandFailure.Usage("Nothing to deploy: name a folder, or an app and its new images.", ["mambo deploy ./shop", "mambo deploy --app shop --image web=ghcr.io/you/shop:1.2"]);
        if (folder is null && images.Count == 0)
            throw CommandFailure.Usage($"Nothing new for {string.Join(", ", apps)}: name a folder, or its new images.", [$"mambo deploy --app {apps[0]} --image SERVICE=REFERENCE"]);
        if (folder is not null)
            CheckFolder(folder);
        return new DeployRequest(folder, apps.Count > 0 ? apps : [AppOf(folder!)], Parse(images), commit, generation);
    }

    private static void CheckFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw CommandFailure.Usage(File.Exists(folder) ? $"{folder} is a file, not a folder." : $"There is no folder {folder}.");
        if (!ComposeFiles.Any(name => File.Exists(Path.Combine(folder, name))))
            throw CommandFailure.Usage($"{folder} is no app: it has no compose.yml.", ["compose/apps/_TEMPLATE is a beginning; docs/adding-apps.md says more."]);
    }

    /// <summary>The platform has the last word on names; this one is ours, so we say how to choose another.</summary>
    private static string AppOf(string folder)
    {
        var name = Path.GetFileName(folder);
        return AppName.TryParse(name, out _, out _)
            ? name
            : throw CommandFailure.Usage($"The folder's name \"{name}\" is no app name.", ["An app's name is 1 to 40 lower-case letters, digits or single hyphens, beginning with a letter.", $"Give it one: mambo deploy {folder} --app NAME"]);
    }

    private static Dictionary<string, string>? Parse(IReadOnlyList<string> images)
    {
        var parsed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var image in images)
        {
            if (image.Split('=', 2) is not [{ Length: > 0 } service, { Length: > 0 } reference])
                throw CommandFailure.Usage($"--image {image}: write SERVICE=REFERENCE, such as --image web=ghcr.io/you/shop:1.2.");
            if (!parsed.TryAdd(service, reference))
                throw CommandFailure.Usage($"--image {image}: the service {service} has an image already, {parsed[service]}.");
        }

        return parsed.Count > 0 ? parsed : null;
    }
}
