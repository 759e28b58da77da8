using Mambo.ServiceDefaults.Configuration;

using Microsoft.AspNetCore.Builder;

namespace Mambo.ServiceDefaults.Tests.Hosts;

/// <summary>A fresh home, and hosts on it that see nothing of the test process's own environment.</summary>
internal sealed class TestHome : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mambo-home-").FullName;

    public StringWriter Error { get; } = new();

    public List<int> ExitCodes { get; } = [];

    public Dictionary<string, string> Environment { get; } = new() { ["MAMBO_API__LISTEN"] = "127.0.0.1:0", ["MAMBO_EDGE__LISTEN"] = "127.0.0.1:0" };

    public void Configure(string yaml) => File.WriteAllText(System.IO.Path.Combine(Path, "mambo.yml"), yaml);

    public string WriteSecret(string name, string value, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var file = System.IO.Path.Combine(Directory.CreateDirectory(System.IO.Path.Combine(Path, "secrets")).FullName, name);
        File.WriteAllText(file, value);
        File.SetUnixFileMode(file, mode);
        return file;
    }

    public WebApplicationBuilder CreateBuilder(string service = "deployer", params string[] args)
    {
        Environment["MAMBO_HOME"] = Path;
        return MamboHost.CreateBuilder(service, args, BusTransport.RabbitMq, new Surroundings(Environment, Error, ExitCodes.Add));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
