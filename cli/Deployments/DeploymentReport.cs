using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;
using Mambo.Contracts.Deployments;

namespace Mambo.Cli.Deployments;

/// <summary>How a deployment ended, for a person.</summary>
internal static class DeploymentReport
{
    /// <summary>The first line says how it ended; the rest is what to know and do.</summary>
    public static IEnumerable<string> Lines(DeploymentDocument deployment)
    {
        yield return Heading(deployment);
        foreach (var url in deployment.Urls ?? [])
            yield return $"  {url}";
        foreach (var warning in deployment.Warnings ?? [])
            yield return $"  warning: {warning}";
        if (deployment.Failure is not { } failure)
            yield break;

        var faults = failure.Errors ?? [];
        // The message of a rejection is its faults in one sentence.
        if (failure.Message.Length > 0 && !(failure.Reason == DeploymentFailureReason.Rejected && faults.Count > 0))
            yield return $"  {failure.Message}";
        foreach (var fault in faults)
            yield return $"    {fault.Field}: {fault.Problem}";
        foreach (var line in failure.Output ?? [])
            yield return $"    {line}";
        // What was rejected touched nothing, and is told without a look at what serves.
        if (failure.ServingRelease is not null || failure.Reason != DeploymentFailureReason.Rejected)
            yield return failure.ServingRelease is { } serving ? $"  serves now: release {serving}" : "  serves now: nothing";
        if (failure.Left is { Length: > 0 } left)
            yield return $"  left behind: {left}";
    }

    private static string Heading(DeploymentDocument deployment) => deployment.State switch
    {
        "deployed" => $"{deployment.App}: release {deployment.Release} serves{After(deployment)}",
        "rolledBack" => $"{deployment.App}: release {deployment.Release} serves again{After(deployment)}",
        "done" => $"{deployment.App}: {Done(deployment)}{After(deployment)}",
        "superseded" => $"{deployment.App}: a newer deployment took this one's place",
        "cancelled" => $"{deployment.App}: cancelled; what served before serves",
        "failed" when deployment.Failure is { } failure => $"{deployment.App}: not {Participle(deployment.Kind)}: {Words(failure)}",
        var state => $"{deployment.App}: {state}",
    };

    private static string Done(DeploymentDocument deployment) => deployment.Kind switch
    {
        "start" => $"started, release {deployment.Release} serves",
        "stop" => $"stopped; mambo start {deployment.App} brings release {deployment.Release} back",
        "restart" => $"restarted, release {deployment.Release} serves from new containers",
        "remove" => "removed",
        "lock" => $"locked; mambo unlock {deployment.App} ends it",
        "unlock" => "unlocked, takes deployments again",
        var kind => $"{kind} done",
    };

    private static string Participle(string kind) => kind switch
    {
        "rollBack" => "rolled back",
        "start" => "started",
        "stop" => "stopped",
        "restart" => "restarted",
        "remove" => "removed",
        "lock" => "locked",
        "unlock" => "unlocked",
        _ => "deployed",
    };

    private static string Words(FailureDocument failure)
    {
        var reason = failure.Reason switch
        {
            DeploymentFailureReason.Rejected => "rejected, nothing was touched",
            DeploymentFailureReason.ImageUnavailable => "an image could not be had",
            DeploymentFailureReason.StartFailed => "its containers did not start",
            DeploymentFailureReason.Unhealthy => "it did not become healthy",
            DeploymentFailureReason.RouteFailed => "the edge did not take its route",
            DeploymentFailureReason.NotEnoughRoom => "the host cannot take it",
            DeploymentFailureReason.JobFailed => "a job before it did not end well",
            DeploymentFailureReason.SoakFailed => "it served, and was taken back",
            DeploymentFailureReason.DeadlineExceeded => "it took too long",
            DeploymentFailureReason.Interrupted => "the platform was interrupted too often",
            _ => "a fault of the platform itself; its log says more",
        };
        return $"{reason}{(failure.Step is { } step ? $", in step {step}" : "")}{(failure.ExitCode is { } code ? $", exit code {code}" : "")}";
    }

    private static string After(DeploymentDocument deployment) => deployment.Seconds is { } seconds ? $" ({HumanTime.Seconds(seconds)})" : "";
}
