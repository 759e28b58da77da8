using System.Security.Cryptography;
using System.Text;

using Mambo.Cli.Platform;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Cli.Homes;

/// <summary>Makes what a platform needs on disk before its first start. What is there is never changed.</summary>
internal static class HomeSetup
{
    /// <summary>Returns the full paths of the files made. Empty: all was there.</summary>
    /// <exception cref="CommandFailure">The home cannot be made, or half of a pair of secrets is missing.</exception>
    public static IReadOnlyList<string> Prepare(PlatformHome home, Func<int, bool> isFree)
    {
        try
        {
            MakeFolder(home.Path);
            MakeFolder(Path.GetDirectoryName(home.Secret("api-token"))!);
            var made = new List<string>();
            MakeToken(home, made);
            Make(home.Secret("bus-password"), NewSecret, PrivateFile.OwnerOnly, made);
            Make(home.Configuration, () => Configuration(home, isFree), PrivateFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead, made);
            return made;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"The home {home.Path} cannot be prepared: {error.Message}", ["Name another one with --home or MAMBO_HOME, or run this as the user who owns it."]);
        }
    }

    /// <summary>The token itself is for the command line, its hash for the platform: one without the other is of no use.</summary>
    private static void MakeToken(PlatformHome home, List<string> made)
    {
        var (token, tokens) = (home.Secret("api-token"), home.Secret("api-tokens"));
        if (File.Exists(tokens) && !File.Exists(token))
            throw new CommandFailure($"{tokens} is there, {token} is not.", ["Put the owner's token into it (mode 600), or remove api-tokens to have both made anew."]);
        Make(token, NewSecret, PrivateFile.OwnerOnly, made);
        Make(tokens, () => $"owner sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(File.ReadAllText(token).TrimEnd('\r', '\n'))))}\n", PrivateFile.OwnerOnly, made);
    }

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) + '\n';

    private static string Configuration(PlatformHome home, Func<int, bool> isFree)
    {
        const string Heading = "# Settings of this platform. All keys and their defaults: docs/configuration.md\n";
        if (home.Path == PlatformHome.Production)
            return Heading;
        var ports = PortPair.Of(home.Path, isFree);
        return $"""
            {Heading}# These two ports follow from the folder's path; change them as you like.
            api:
              listen: 127.0.0.1:{ports.Api}
            edge:
              listen: 127.0.0.1:{ports.Edge}

            """;
    }

    private static void MakeFolder(string path)
    {
        if (!Directory.Exists(path))
            Directory.CreateDirectory(path, PrivateFile.OwnerOnlyFolder);
    }

    private static void Make(string path, Func<string> text, UnixFileMode mode, List<string> made)
    {
        if (File.Exists(path))
            return;
        PrivateFile.Write(path, Encoding.UTF8.GetBytes(text()), mode);
        made.Add(path);
    }
}
