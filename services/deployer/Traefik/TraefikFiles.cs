using System.Text;

using Mambo.Deployer.Edge;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Traefik;

/// <summary>
/// The dynamic files of this platform in the directory Traefik watches, one per app: <c>{platform}-{app}.yml</c>. Each begins with a line that says whose it is; a file
/// without that line is somebody else's and never touched.
/// </summary>
internal sealed partial class TraefikFiles(TraefikOptions options, PlatformIdentity platform, ILogger<TraefikFiles> logger)
{
    // Basic auth keeps hashes of passwords here: for Traefik, which reads as the same user or group, and for nobody else.
    private const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private string Directory => options.Directory ?? throw new InvalidOperationException("traefik.directory is not set.");

    /// <summary>Puts an app's file in place of the one it had, at once: a reader finds the one or the other, whole. An empty document removes it.</summary>
    /// <returns>False: it was already so.</returns>
    /// <exception cref="RouteFailedException">A file of somebody else has its name, or it cannot be written; nothing is changed.</exception>
    public bool Write(string app, TraefikDocument document)
    {
        if (document.Text.Length == 0)
            return Remove(app);
        try
        {
            return Replace(app, document);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RouteFailedException($"{PathOf(app)} could not be written: {error.Message}");
        }
    }

    /// <summary>Removes an app's file.</summary>
    /// <returns>False: there was none of this platform.</returns>
    public bool Remove(string app)
    {
        var path = PathOf(app);
        if (!File.Exists(path) || !IsOf(app, path))
            return false;
        File.Delete(path);
        return true;
    }

    /// <summary>For the start: writes what differs from what should be there, and removes files of apps that are gone and the rest of unfinished writes.</summary>
    /// <param name="documents">By app.</param>
    /// <returns>The apps whose files changed.</returns>
    public IReadOnlyList<string> Reconcile(IReadOnlyDictionary<string, TraefikDocument> documents)
    {
        var changed = documents.Where(document => Write(document.Key, document.Value)).Select(document => document.Key).ToList();
        foreach (var path in System.IO.Directory.GetFiles(Directory, $"{platform.Name}-*.yml"))
        {
            var app = Path.GetFileName(path)[(platform.Name.Length + 1)..^".yml".Length];
            if (!documents.ContainsKey(app) && Remove(app))
                changed.Add(app);
        }

        foreach (var part in System.IO.Directory.GetFiles(Directory, $".{platform.Name}-*.yml.part"))
        {
            var name = Path.GetFileName(part);
            var app = name[(platform.Name.Length + 2)..^".yml.part".Length];
            // One that stopped within its first line, too, is nobody else's.
            if (part == PartOf(PathOf(app)) && FirstLine(app).StartsWith(Beginning(part), StringComparison.Ordinal))
                File.Delete(part);
        }

        if (changed.Count > 0)
            LogChanged(logger, changed);
        return changed;
    }

    /// <summary>The file of an app.</summary>
    public string PathOf(string app) => Path.Combine(Directory, $"{platform.Name}-{app}.yml");

    private bool Replace(string app, TraefikDocument document)
    {
        var (path, bytes) = (PathOf(app), Encoding.UTF8.GetBytes(FirstLine(app) + document.Text));
        if (File.Exists(path))
        {
            if (!IsOf(app, path))
                throw new RouteFailedException($"{path} was not written by this platform. Move it away, or choose another traefik.directory.");
            if (File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
                return false;
        }

        // Traefik reads only names that end in .yml, .yaml or .toml.
        var part = PartOf(path);
        File.Delete(part);
        using (var file = new FileStream(part, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerAndGroup }))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        // Should the machine stop before the directory is on disk, the old file is back; the start after that compares.
        File.Move(part, path, overwrite: true);
        return true;
    }

    private static string PartOf(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.part");

    private string FirstLine(string app) => $"# Written by Mambo Platform {platform.Name} for the app {app}, again with every deployment.\n";

    private bool IsOf(string app, string path) => Beginning(path) == FirstLine(app);

    private static string Beginning(string path)
    {
        var buffer = new byte[512];
        using var file = File.OpenRead(path);
        var text = Encoding.UTF8.GetString(buffer, 0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        return text[..(text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end ? end + 1 : text.Length)];
    }

    [LoggerMessage(90, LogLevel.Information, "Traefik's files of {Apps} were not as they should be and were mended")]
    private static partial void LogChanged(ILogger logger, IReadOnlyList<string> apps);
}
