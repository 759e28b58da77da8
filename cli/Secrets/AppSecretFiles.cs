using System.Globalization;

using Mambo.Cli.Platform;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Cli.Secrets;

/// <summary>A secret that is set, without its content.</summary>
internal sealed record AppSecret(string App, string Name, int Version, DateTimeOffset SetAt);

/// <summary>
/// The secrets of the apps of one home, a file each. They are written here, on the platform's own machine, and travel nowhere. The counter beside a secret goes on when it is
/// removed, so that a version never means two things.
/// </summary>
internal sealed class AppSecretFiles
{
    /// <summary>As Docker has it for its own secrets.</summary>
    public const int Largest = 500 * 1024;

    private const string Counter = ".version";

    private readonly PlatformHome _home;

    /// <exception cref="CommandFailure">There is no platform's home on this machine.</exception>
    public AppSecretFiles(PlatformHome home)
    {
        _home = home;
        if (!Directory.Exists(home.Path))
            throw new CommandFailure($"There is no home {home.Path} on this machine.", ["Secrets are set on the machine the platform runs on: log in there, or name its home with --home or MAMBO_HOME."]);
    }

    public AppSecret Set(AppName app, SecretName name, byte[] content)
    {
        Directory.CreateDirectory(_home.AppSecrets, PrivateFile.OwnerOnlyFolder);
        Directory.CreateDirectory(Path.Combine(_home.AppSecrets, app.Value), PrivateFile.OwnerOnlyFolder);
        var file = FileOf(app.Value, name.Value);
        // Counted first: cut off in between, a number is left out, never given twice.
        PrivateFile.Write(file + Counter, System.Text.Encoding.ASCII.GetBytes((VersionOf(file) + 1).ToString(CultureInfo.InvariantCulture)));
        PrivateFile.Write(file, content);
        return Of(app.Value, file);
    }

    /// <summary>False: there is none.</summary>
    public bool Remove(AppName app, SecretName name)
    {
        var file = FileOf(app.Value, name.Value);
        var exists = File.Exists(file);
        File.Delete(file);
        return exists;
    }

    /// <summary>Of one app, or of all, by name.</summary>
    public IReadOnlyList<AppSecret> List(string? app) =>
    [
        .. (Directory.Exists(_home.AppSecrets) ? Directory.EnumerateDirectories(_home.AppSecrets) : [])
            .Where(folder => app is null || Path.GetFileName(folder) == app).Order(StringComparer.Ordinal)
            .SelectMany(folder => Directory.EnumerateFiles(folder).Where(file => SecretName.TryParse(Path.GetFileName(file), out _, out _)).Order(StringComparer.Ordinal)
                .Select(file => Of(Path.GetFileName(folder), file))),
    ];

    private static AppSecret Of(string app, string file) => new(app, Path.GetFileName(file), Math.Max(1, VersionOf(file)), File.GetLastWriteTimeUtc(file));

    private static int VersionOf(string file) => File.Exists(file + Counter) && int.TryParse(File.ReadAllText(file + Counter), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    private string FileOf(string app, string name) => Path.Combine(_home.AppSecrets, app, name);
}
