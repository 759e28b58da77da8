namespace Mambo.Cli.Platform;

/// <summary>Where a platform keeps its state on this machine.</summary>
/// <param name="Path">Full path.</param>
internal sealed record PlatformHome(string Path)
{
    /// <summary>The home of the one platform of a production machine.</summary>
    public const string Production = "/var/lib/mambo";

    public string Configuration => System.IO.Path.Combine(Path, "mambo.yml");

    public string Apps => System.IO.Path.Combine(Path, "apps");

    public string AppSecrets => System.IO.Path.Combine(Path, "app-secrets");

    public string Registries => System.IO.Path.Combine(Path, "registries");

    public string Log => System.IO.Path.Combine(Path, "logs", "mambo.log");

    public string Secret(string name) => System.IO.Path.Combine(Path, "secrets", name);

    /// <summary>What a running process says of itself.</summary>
    public string RunFile(string service) => System.IO.Path.Combine(Path, "run", $"{service}.json");

    /// <summary>The one given, else <c>MAMBO_HOME</c>, else <c>.mambo</c> in the repository, else the production home.</summary>
    public static PlatformHome Find(Surroundings surroundings, string? given) =>
        (given ?? surroundings.Variable("MAMBO_HOME")) is { Length: > 0 } home ? new(surroundings.FullPath(home))
        : Repository(surroundings) is { } repository ? new(System.IO.Path.Combine(repository, ".mambo"))
        : new(Production);

    /// <summary>As the launcher says, else the one this program was built in.</summary>
    public static string? Repository(Surroundings surroundings)
    {
        if (surroundings.Variable("MAMBO_REPOSITORY") is { } named)
            return surroundings.FullPath(named);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Mambo.Platform.sln")))
                return folder.FullName;
        }

        return null;
    }
}
