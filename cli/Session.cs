using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;

namespace Mambo.Cli;

/// <summary>One run of a command.</summary>
/// <param name="surroundings">What the command has around it.</param>
/// <param name="screen">Where it writes.</param>
/// <param name="home">As given by <c>--home</c>. Null: not given.</param>
internal sealed class Session(Surroundings surroundings, Screen screen, string? home)
{
    public Surroundings Surroundings { get; } = surroundings;

    public Screen Screen { get; } = screen;

    /// <summary>The home on this machine, whether or not it exists.</summary>
    public PlatformHome Home { get; } = PlatformHome.Find(surroundings, home);

    /// <summary>The repository the launcher belongs to. Null: none, the program stands alone.</summary>
    public string? Repository => PlatformHome.Repository(Surroundings);

    /// <summary>The platform's HTTP API: the one of <c>MAMBO_API</c>, else the one that runs on the home.</summary>
    /// <exception cref="CommandFailure">None runs, or the token is missing.</exception>
    public Door OpenDoor() => new(DoorAddress.Find(Surroundings, Home, homeIsGiven: home is not null), Surroundings.Time);

    /// <summary>A file or folder of the repository.</summary>
    /// <exception cref="CommandFailure">There is no repository.</exception>
    public string InRepository(string path) =>
        Repository is { } repository
            ? Path.Combine(repository, path)
            : throw new CommandFailure($"This command needs the repository, for {path}. Run ./mambo there, or set MAMBO_REPOSITORY to it.");
}
