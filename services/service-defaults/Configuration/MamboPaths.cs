namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Where one platform keeps its state. Two platforms with different homes never meet.</summary>
/// <param name="Home">Full path of <c>MAMBO_HOME</c>.</param>
public sealed record MamboPaths(string Home)
{
    /// <summary>The optional configuration file.</summary>
    public string ConfigurationFile => Path.Combine(Home, "mambo.yml");

    /// <summary>Secrets, one file of mode 600 each.</summary>
    public string Secrets => Path.Combine(Home, "secrets");

    /// <summary>The apps' secrets, <c>{app}/{name}</c>, one file of mode 600 each; <c>{name}.version</c> beside it counts its changes.</summary>
    public string AppSecrets => Path.Combine(Home, "app-secrets");

    /// <summary>Docker's configuration for the deployer's own pulls, with the logins of private registries; mode 700.</summary>
    public string Registries => Path.Combine(Home, "registries");

    /// <summary>Content-addressed bundles.</summary>
    public string Bundles => Path.Combine(Home, "bundles");

    /// <summary>
    /// Unpacked bundles (<c>apps/{app}/bundles/{digest}</c>), what a release adds to its own (<c>apps/{app}/releases/{number}</c>), and the secrets as its containers see them
    /// (<c>apps/{app}/secrets</c>).
    /// </summary>
    public string Apps => Path.Combine(Home, "apps");

    /// <summary>Log files of detached processes.</summary>
    public string Logs => Path.Combine(Home, "logs");

    /// <summary>What only lives as long as the process: addresses, process id.</summary>
    public string Run => Path.Combine(Home, "run");

    /// <summary>A service's journal.</summary>
    public string Journal(string service) => Path.Combine(Home, "data", $"{service}.db");

    /// <summary>The file of a stored bundle.</summary>
    /// <param name="digest"><c>sha256:</c> and 64 hexadecimal digits; checked by the caller.</param>
    public string Bundle(string digest) => Path.Combine(Bundles, $"{digest["sha256:".Length..]}.tar.gz");
}
