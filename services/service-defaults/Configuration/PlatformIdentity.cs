using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Which platform this is, on which host, at which version.</summary>
/// <param name="Name">Prefix of everything the platform makes in Docker.</param>
/// <param name="Host">The name of this host in commands and queues.</param>
/// <param name="Version">The version of the running program, such as <c>0.1.0</c>.</param>
public sealed record PlatformIdentity(string Name, string Host, string Version)
{
    /// <summary>The home of the one platform of a production machine, which needs no suffix.</summary>
    public const string ProductionHome = "/var/lib/mambo";

    internal static PlatformIdentity Of(MamboOptions options, MamboPaths paths) =>
        new(options.Platform.Name ?? NameOf(paths.Home), options.Platform.Host, CurrentVersion);

    private static string CurrentVersion { get; } =
        typeof(PlatformIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    internal static string NameOf(string home) =>
        home == ProductionHome ? "mambo" : $"mambo-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(home)))[..6]}";
}
