using System.Text.Json;

using Mambo.Contracts;

namespace Mambo.Cli.Platform;

/// <summary>The run file of a process: what it wrote of itself when its listeners opened.</summary>
/// <param name="Service">The process's name, <c>mambo</c> for all in one.</param>
/// <param name="Pid">Its process id, in its own namespace when it runs in a container.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Platform">The platform's name, the prefix of its things in Docker.</param>
/// <param name="StartedAt">When its listeners opened.</param>
/// <param name="Listeners">Base addresses by listener: <c>api</c>, <c>edge</c>, <c>health</c>.</param>
internal sealed record RunningPlatform(string Service, int Pid, string Version, string Platform, DateTimeOffset StartedAt, IReadOnlyDictionary<string, Uri> Listeners)
{
    public const string AllInOne = "mambo";

    public const string Backoffice = "backoffice";

    /// <summary>Where the API answers.</summary>
    public Uri? Api => Listeners.GetValueOrDefault("api");

    /// <summary>The process that holds the API: the whole platform, or the backoffice of a distributed one. Null: none runs on this home.</summary>
    public static RunningPlatform? Find(PlatformHome home) => FindAllInOne(home) ?? Read(home.RunFile(Backoffice));

    /// <summary>The platform in one process. A run file whose process is gone, or is another program by now, was left by a crash.</summary>
    public static RunningPlatform? FindAllInOne(PlatformHome home) =>
        Read(home.RunFile(AllInOne)) is { } running && ProcessFiles.IsPlatform(running.Pid, home) ? running : null;

    private static RunningPlatform? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<RunningPlatform>(File.ReadAllText(file), WireJson.Options);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException error)
        {
            throw new CommandFailure($"{file} cannot be read: {error.Message} Remove it and run: mambo up");
        }
    }
}
