using Mambo.ServiceDefaults.Hosts;

namespace Mambo.Deployer.Compose;

/// <summary>The command lines of <c>docker compose</c>, and nothing else.</summary>
internal static class ComposeCommands
{
    /// <summary>Marks every compose process that changes something with its project, so that one that outlived us can be found.</summary>
    public const string ProjectVariable = "MAMBO_PROJECT";

    /// <summary>Prints the version of compose and nothing else.</summary>
    public static CommandLine Version { get; } = new("docker", ["compose", "version", "--short"]);

    /// <summary>Prints the canonical model as JSON, or what is wrong with the file.</summary>
    public static CommandLine Config(ComposeProject project) => Line(project, "config", "--format", "json") with { Environment = project.Environment };

    /// <summary>Fetches images that are not here. What only a build could make is left out.</summary>
    public static CommandLine Pull(ComposeProject project) => Line(project, "pull", "--policy", "missing", "--ignore-buildable");

    /// <summary>Makes the containers what the files say and waits until they run and are healthy. No services named: all.</summary>
    public static CommandLine Up(ComposeProject project, IReadOnlyList<string> services, TimeSpan wait) => Line(
        project, ["up", "--detach", "--wait", "--wait-timeout", ((int)Math.Ceiling(wait.TotalSeconds)).ToString(), "--remove-orphans", "--no-build", .. services]);

    /// <summary>Makes the containers of some services what the files say, in place of those there are, and waits until they run and are healthy.</summary>
    public static CommandLine Recreate(ComposeProject project, IReadOnlyList<string> services, TimeSpan wait) => Line(
        project, ["up", "--detach", "--no-deps", "--no-build", "--wait", "--wait-timeout", ((int)Math.Ceiling(wait.TotalSeconds)).ToString(), .. services]);

    /// <summary>Starts what is missing of some services, or with none named of all; containers that are there stay as they are.</summary>
    public static CommandLine Restore(ComposeProject project, IReadOnlyList<string> services, TimeSpan wait) => Line(
        project, ["up", "--detach", "--no-recreate", "--no-build", "--wait", "--wait-timeout", ((int)Math.Ceiling(wait.TotalSeconds)).ToString(), .. services]);

    /// <summary>Stops every container, each by its own signal and with its own grace.</summary>
    public static CommandLine Stop(ComposeProject project) => Named(project, "stop");

    /// <summary>Removes every container and network, and the volumes too if wanted.</summary>
    public static CommandLine Remove(ComposeProject project, bool volumes) => Named(project, ["down", "--remove-orphans", .. volumes ? ["--volumes"] : (string[])[]]);

    /// <summary>Makes containers of some services beside those there are, until there are so many; does not wait for their health.</summary>
    public static CommandLine Scale(ComposeProject project, IReadOnlyDictionary<string, int> counts) => Line(
        project, ["up", "--detach", "--no-deps", "--no-recreate", "--no-build", .. counts.SelectMany(count => new[] { "--scale", $"{count.Key}={count.Value}" }), .. counts.Keys]);

    /// <summary>Starts a container of a service under a name of its own that does its work and ends.</summary>
    public static CommandLine Job(ComposeProject project, string service, string name, bool withDependencies) =>
        Line(project, ["run", "--detach", .. withDependencies ? (string[])[] : ["--no-deps"], "--no-TTY", "--name", name, service]);

    /// <summary>Removes containers and networks. Volumes stay.</summary>
    public static CommandLine Down(ComposeProject project) => Line(project, "down", "--remove-orphans");

    /// <summary>By the labels of what is there: the files may say something else by now, or be gone.</summary>
    private static CommandLine Named(ComposeProject project, params IEnumerable<string> command) =>
        new("docker", ["compose", "--ansi", "never", "--progress", "plain", "--project-name", project.Name, .. command])
        {
            Environment = new Dictionary<string, string> { [ProjectVariable] = project.Name },
        };

    private static CommandLine Line(ComposeProject project, params IEnumerable<string> command) => new(
        "docker",
        [
            "compose", "--ansi", "never", "--progress", "plain",
            "--project-name", project.Name, "--project-directory", project.Directory,
            .. project.Files.SelectMany(file => new[] { "--file", file }),
            .. command,
        ])
    {
        Environment = Environment(project),
        WorkingDirectory = project.Directory,
    };

    private static Dictionary<string, string> Environment(ComposeProject project)
    {
        var environment = new Dictionary<string, string>(project.Environment) { [ProjectVariable] = project.Name };
        if (project.DockerConfiguration is { } folder)
            environment["DOCKER_CONFIG"] = folder;
        return environment;
    }
}
