using System.Collections.Concurrent;

using Mambo.ServiceDefaults.Hosts;


namespace Mambo.Deployer.Compose;

/// <summary>Runs <c>docker compose</c>. The caller sees to it that only one command changes a project at a time.</summary>
internal sealed partial class ComposeCli(LocalHost host, ILogger<ComposeCli> logger)
{
    private readonly ConcurrentDictionary<string, bool> _cleared = new(StringComparer.Ordinal);

    /// <summary>Reads; changes nothing.</summary>
    public Task<CommandResult> ReadAsync(CommandLine command, CancellationToken cancellationToken) => host.RunAsync(command, ct: cancellationToken);

    /// <summary>Changes a project. What a killed process of ours left running for it is ended first, else two would change it at once.</summary>
    /// <param name="project">The project.</param>
    /// <param name="command">One of <see cref="ComposeCommands"/>.</param>
    /// <param name="progress">Called with each line a person wants to see. Null: nobody looks.</param>
    /// <param name="cancellationToken">Kills the command.</param>
    public Task<CommandResult> ChangeAsync(ComposeProject project, CommandLine command, Action<string>? progress, CancellationToken cancellationToken)
    {
        if (_cleared.TryAdd(project.Name, true))
        {
            foreach (var id in Leftovers.Kill(project.Name))
                LogLeftover(logger, id, project.Name);
        }

        string? last = null;
        return host.RunAsync(
            command with { OutputLimit = 0 },
            line =>
            {
                if (progress is null || line == last || !ComposeOutput.IsProgress(line))
                    return;
                last = line;
                progress(line.Trim());
            },
            cancellationToken);
    }

    [LoggerMessage(30, LogLevel.Warning, "Ended process {Id}, a compose command for {Project} that outlived the process that began it")]
    private static partial void LogLeftover(ILogger logger, int id, string project);
}
