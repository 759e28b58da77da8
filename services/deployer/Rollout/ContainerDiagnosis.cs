using Docker.DotNet.Models;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Engine;
using Mambo.ServiceDefaults.Hosts;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>Why containers did not come up, found by looking at them rather than at what compose says of them.</summary>
internal sealed class ContainerDiagnosis(DockerEngine engine)
{
    private const int LogLines = 20;
    private const int LongestLine = 500;

    /// <summary>After a command that failed.</summary>
    public async Task<Failure> ExplainAsync(string project, CommandResult failed, Func<AppContainer, bool> concerns, CancellationToken cancellationToken)
    {
        if (await FindAsync(project, concerns, late: true, cancellationToken) is not { } found)
        {
            return new Failure(nameof(DeploymentFailureReason.StartFailed), $"The containers did not start: {failed.ErrorTail.LastOrDefault(line => line.Length > 0) ?? $"compose ended with code {failed.ExitCode}"}")
            {
                ExitCode = failed.ExitCode,
                Output = failed.ErrorTail,
            };
        }

        return found with { ExitCode = failed.ExitCode, Output = [.. found.Output, .. failed.ErrorTail] };
    }

    /// <summary>The worst container of a project among those that matter. Null: all are well.</summary>
    /// <param name="project">The compose project.</param>
    /// <param name="concerns">The containers that matter.</param>
    /// <param name="late">Whether one that only has not become healthy yet is a fault.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<Failure?> FindAsync(string project, Func<AppContainer, bool> concerns, bool late, CancellationToken cancellationToken)
    {
        var containers = (await engine.ContainersAsync(project, cancellationToken)).Where(concerns);
        var states = await Task.WhenAll(containers.Select(async container => (container, state: await engine.InspectAsync(container.Id, cancellationToken))));
        if (states.Length == 0)
            return null;
        var worst = states.Select(pair => (pair.container, pair.state, verdict: Judge(pair.container.Name, pair.state, late))).MinBy(pair => pair.verdict.Rank);
        if (worst.verdict.Reason is not { } reason)
            return null;
        return new Failure(reason, worst.verdict.Message) { Output = await OutputAsync(worst.container, worst.state, cancellationToken) };
    }

    /// <summary>What state a container is in, in words; the lower the rank, the likelier it is the cause.</summary>
    internal static (int Rank, string? Reason, string Message) Judge(string name, ContainerInspectResponse container, bool late = true)
    {
        var state = container.State;
        return state switch
        {
            // A container that ended keeps the last word of its health check.
            // Without a failed check in between it was paused: its health is not known until the next one.
            { Running: true, Health: { Status: "unhealthy", FailingStreak: > 0 } } => (0, nameof(DeploymentFailureReason.Unhealthy), $"{name} is unhealthy: its health check failed {state.Health.FailingStreak} times in a row."),
            { OOMKilled: true } => (1, nameof(DeploymentFailureReason.StartFailed), $"{name} was killed because it used more memory than it may."),
            { Restarting: true } => (1, nameof(DeploymentFailureReason.StartFailed), $"{name} ends again and again (code {state.ExitCode}, {container.RestartCount} restarts)."),
            { Status: "exited" or "dead", ExitCode: not 0 } => (1, nameof(DeploymentFailureReason.StartFailed), $"{name} ended with code {state.ExitCode}.{Said(state)}"),
            { Status: "created" } when !string.IsNullOrEmpty(state.Error) => (1, nameof(DeploymentFailureReason.StartFailed), $"{name} could not be started.{Said(state)}"),
            { Running: true } when container.RestartCount > 0 => (2, nameof(DeploymentFailureReason.StartFailed), $"{name} ends again and again ({container.RestartCount} restarts)."),
            { Running: true, Health.Status: "starting" or "unhealthy" } when late => (3, nameof(DeploymentFailureReason.Unhealthy), $"{name} did not become healthy in time."),
            _ => (9, null, ""),
        };
    }

    /// <summary>The container's last lines, then what its health check last said.</summary>
    public async Task<IReadOnlyList<string>> OutputAsync(AppContainer container, ContainerInspectResponse? state, CancellationToken cancellationToken)
    {
        var log = (await engine.LogTailAsync(container.Id, LogLines, cancellationToken)).Select(line => $"{container.Name} | {line}");
        var check = state?.State?.Health?.Log is [.., var last]
            ? (last.Output ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(5).Select(line => $"{container.Name} health check | {line}")
            : [];
        return [.. log.Concat(check).Select(Short)];
    }

    /// <summary>The last lines of a container known by its name.</summary>
    public async Task<IReadOnlyList<string>> OutputAsync(string name, CancellationToken cancellationToken) =>
        [.. (await engine.LogTailAsync(name, LogLines, cancellationToken)).Select(line => Short($"{name} | {line}"))];

    private static string Short(string line) => line.Length > LongestLine ? line[..LongestLine] + "…" : line;

    private static string Said(State state) => string.IsNullOrEmpty(state.Error) ? "" : $" {state.Error}";
}
