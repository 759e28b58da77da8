using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using Mambo.Cli.Platform;
using Mambo.Cli.Running;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Cli.Registries;

/// <summary>A registry the platform can pull from.</summary>
/// <param name="Registry">Its host.</param>
/// <param name="User">Null: a helper program knows.</param>
/// <param name="Helper">The credential helper that is asked. Null: none.</param>
internal sealed record RegistryLogin(string Registry, string? User, string? Helper);

/// <summary>
/// The platform's logins at registries: a configuration of Docker's own in the home, apart from the one of the person who logs in. Docker itself writes it, so a wrong
/// password is refused at once, and what else is in it, such as <c>credHelpers</c>, stays.
/// </summary>
internal sealed partial class RegistryLogins
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PlatformHome _home;

    /// <exception cref="CommandFailure">There is no platform's home on this machine.</exception>
    public RegistryLogins(PlatformHome home)
    {
        _home = home;
        if (!Directory.Exists(home.Path))
            throw new CommandFailure($"There is no home {home.Path} on this machine.", ["Logins are kept on the machine the platform runs on: log in there, or name its home with --home or MAMBO_HOME."]);
    }

    private string File => Path.Combine(_home.Registries, "config.json");

    public static string Checked(string registry) => Host().IsMatch(registry)
        ? registry
        : throw CommandFailure.Usage($"\"{registry}\" is no registry. Write its host, and its port where it has one, such as ghcr.io or registry.example.org:5000.");

    /// <exception cref="CommandFailure">The registry does not take it.</exception>
    public async Task LogInAsync(string registry, string user, byte[] password, CancellationToken ct)
    {
        Directory.CreateDirectory(_home.Registries, PrivateFile.OwnerOnlyFolder);
        LeadToPlugins();
        await DockerAsync(["login", $"--username={user}", "--password-stdin", registry], password, $"{registry} does not take the login of {user}.", ct);
        System.IO.File.SetUnixFileMode(File, PrivateFile.OwnerOnly);
    }

    public async Task LogOutAsync(string registry, CancellationToken ct)
    {
        if (List().All(login => login.Registry != registry))
            throw new CommandFailure($"There is no login at {registry}.", ["mambo registry list shows those there are."]);
        await DockerAsync(["logout", registry], null, $"The login at {registry} could not be removed.", ct);
    }

    public IReadOnlyList<RegistryLogin> List()
    {
        var file = Read();
        var logins = (file["auths"] as JsonObject ?? []).Select(entry => new RegistryLogin(NameOf(entry.Key), UserOf(entry.Value?["auth"]?.GetValue<string>()), null));
        var helpers = (file["credHelpers"] as JsonObject ?? []).Select(entry => new RegistryLogin(NameOf(entry.Key), null, entry.Value?.GetValue<string>()));
        return [.. logins.Concat(helpers).OrderBy(login => login.Registry, StringComparer.Ordinal)];
    }

    /// <summary>Docker looks for compose in the configuration's folder too. Where a person installed it in his own, ours leads there.</summary>
    private void LeadToPlugins()
    {
        var own = Path.Combine(Environment.GetEnvironmentVariable("DOCKER_CONFIG") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker"), "cli-plugins");
        if (!Directory.Exists(own) || System.IO.File.Exists(File))
            return;
        PrivateFile.Write(File, JsonSerializer.SerializeToUtf8Bytes(new { cliPluginsExtraDirs = new[] { own } }));
    }

    private async Task DockerAsync(string[] arguments, byte[]? input, string problem, CancellationToken ct)
    {
        var (code, output) = await ChildProcess.RunAsync("docker", ["--config", _home.Registries, .. arguments], Patience, ct, input: input);
        if (code != 0)
            throw new CommandFailure(problem, output);
    }

    private JsonObject Read()
    {
        try
        {
            return System.IO.File.Exists(File) ? JsonNode.Parse(System.IO.File.ReadAllText(File)) as JsonObject ?? [] : [];
        }
        catch (JsonException error)
        {
            throw new CommandFailure($"{File} cannot be read: {error.Message}");
        }
    }

    /// <summary>Docker keeps its own registry under an address of old.</summary>
    private static string NameOf(string key) => key == "https://index.docker.io/v1/" ? "docker.io" : key;

    private static string? UserOf(string? auth)
    {
        var bytes = new byte[auth?.Length ?? 0];
        return auth is not null && Convert.TryFromBase64String(auth, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count).Split(':')[0] : null;
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
