using Mambo.ServiceDefaults.Hosts;

namespace Mambo.Deployer.Compose;

/// <summary>The command lines of <c>docker compose</c>, and nothing else.</summary>
internal static class ComposeCommands
{
    /// <summary>Marks every compose process that changes something with its project, so that one that outlived us can be found.</summary>
    public const string ProjectVariable = "MAMBO_PROJECT";

    /// <summary>Prints the canonical model as JSON, or what is wrong with the file.</summary>
    public static CommandLine Config(ComposeProject project) => Line(project, "config", "--format", "json") with { Environment = project.Environment };

    /// <summary>Fetches images that are not here. What only a build could make is left out.</summary>
    public static CommandLine Pull(ComposeProject project) => Line(project, "pull", "--policy", "missing", "--ignore-buildable");

    /// <summary>Makes the containers what the files say and waits until they run and are healthy.</summary>
    public static CommandLine Up(ComposeProject project, TimeSpan wait) => Line(
        project, "up", "--detach", "--wait", "--wait-timeout", ((int)Math.Ceiling(wait.TotalSeconds)).ToString(), "--remove-orphans", "--no-build");

    /// <summary>Removes containers and networks. Volumes stay.</summary>
    public static CommandLine Down(ComposeProject project) => Line(project, "down", "--remove-orphans");

    private static CommandLine Line(ComposeProject project, params IEnumerable<string> command) => new(
        "docker",
        [
            "compose", "--ansi", "never", "--progress", "plain",
            "--project-name", project.Name, "--project-directory", project.Directory,
            .. project.Files.SelectMany(file => new[] { "--file", file }),
            .. command,
        ])
    {
        Environment = new Dictionary<string, string>(project.Environment) { [ProjectVariable] = project.Name },
        WorkingDirectory = project.Directory,
    };
}
