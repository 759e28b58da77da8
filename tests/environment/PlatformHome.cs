using System.Security.Cryptography;
using System.Text;

namespace Mambo.TestEnvironment;

/// <summary>A fresh <c>MAMBO_HOME</c> with secrets, as <c>mambo init</c> would leave it; removed with the test.</summary>
public sealed class PlatformHome : IDisposable
{
    /// <summary>Makes the folder and its secrets.</summary>
    public PlatformHome(string? busPassword = null)
    {
        Directory.CreateDirectory(Secrets);
        ApiToken = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        WriteSecret("api-token", ApiToken);
        WriteSecret("api-tokens", $"owner sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ApiToken)))}");
        BusPassword = busPassword ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        WriteSecret("bus-password", BusPassword);
    }

    /// <summary>Full path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("mambo-home-").FullName;

    /// <summary>The token of the owner.</summary>
    public string ApiToken { get; }

    /// <summary>The password for RabbitMQ.</summary>
    public string BusPassword { get; }

    private string Secrets => System.IO.Path.Combine(Path, "secrets");

    /// <summary>Writes <c>mambo.yml</c>.</summary>
    public void Configure(string yaml) => File.WriteAllText(System.IO.Path.Combine(Path, "mambo.yml"), yaml);

    /// <summary>Writes a secret with mode 600.</summary>
    public void WriteSecret(string name, string value)
    {
        var file = System.IO.Path.Combine(Secrets, name);
        File.WriteAllText(file, value);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Forgets a secret.</summary>
    public void RemoveSecret(string name) => File.Delete(System.IO.Path.Combine(Secrets, name));

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
