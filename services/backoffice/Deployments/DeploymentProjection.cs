using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Deployments;

/// <summary>
/// What an event makes of a deployment. Events may come late or out of order (a redelivery by the broker overtakes), so each adds the facts it carries and none
/// takes back what a later one has said: the first end is the end.
/// </summary>
internal static class DeploymentProjection
{
    /// <param name="before">The deployment so far. Null: nobody asked for it here; it came straight over the bus.</param>
    /// <param name="happened">The event.</param>
    public static Deployment Apply(Deployment? before, DeploymentEvent happened)
    {
        var deployment = before ?? new Deployment
        {
            DeploymentId = happened.DeploymentId,
            App = happened.App,
            Host = happened.Host,
            State = DeploymentState.Requested,
            RequestedAt = happened.OccurredAt,
        };
        deployment = happened switch
        {
            DeploymentAccepted accepted => Accept(deployment, accepted),
            DeploymentStepCompleted completed => Complete(deployment, completed),
            _ when deployment.EndedAt is not null => deployment,
            _ => End(deployment, happened),
        };
        return deployment with { Steps = Mark(deployment) };
    }

    private static Deployment Accept(Deployment deployment, DeploymentAccepted accepted) => deployment with
    {
        State = deployment.State == DeploymentState.Requested ? DeploymentState.Accepted : deployment.State,
        Kind = KindOf(deployment, accepted.Kind),
        Host = accepted.Host,
        RequestedBy = accepted.RequestedBy ?? deployment.RequestedBy,
        RequestedAt = accepted.RequestedAt == default ? deployment.RequestedAt : accepted.RequestedAt,
        AcceptedAt = accepted.OccurredAt,
        Bundle = accepted.Bundle ?? deployment.Bundle,
        Commit = accepted.Commit ?? deployment.Commit,
        Steps = [.. accepted.Steps.Select((name, index) => Step(deployment, index + 1) with { Name = name })],
    };

    private static Deployment Complete(Deployment deployment, DeploymentStepCompleted completed)
    {
        var count = Math.Max(completed.Of, deployment.Steps.Count);
        var steps = Enumerable.Range(1, count).Select(number => Step(deployment, number));
        return deployment with
        {
            State = deployment.EndedAt is null ? DeploymentState.Running : deployment.State,
            Steps =
            [
                .. steps.Select(step => step.Number == completed.Number
                    ? step with { Name = completed.Step, State = StepState.Done, Seconds = completed.Seconds }
                    : step),
            ],
        };
    }

    private static Deployment End(Deployment deployment, DeploymentEvent happened)
    {
        var ended = deployment with
        {
            EndedAt = happened.OccurredAt,
            Seconds = deployment.AcceptedAt is { } accepted ? (happened.OccurredAt - accepted).TotalSeconds : null,
        };
        return happened switch
        {
            AppDeployed deployed => ended with
            {
                State = DeploymentState.Deployed,
                RequestedBy = deployed.RequestedBy ?? ended.RequestedBy,
                Release = deployed.Release,
                Bundle = deployed.Bundle,
                Images = deployed.Images,
                Commit = deployed.Commit ?? ended.Commit,
                Urls = deployed.Urls,
                Warnings = deployed.Warnings,
                Seconds = deployed.Seconds,
            },
            DeploymentRolledBack back => ended with
            {
                Kind = DeploymentKind.RollBack,
                State = DeploymentState.RolledBack,
                RequestedBy = back.RequestedBy ?? ended.RequestedBy,
                Release = back.ToRelease,
                Urls = back.Urls,
                Seconds = back.Seconds,
            },
            AppStarted started => Done(ended, DeploymentKind.Start, started.RequestedBy, started.Release, started.Seconds) with { Urls = started.Urls },
            AppStopped stopped => Done(ended, DeploymentKind.Stop, stopped.RequestedBy, stopped.Release, stopped.Seconds),
            AppRestarted restarted => Done(ended, DeploymentKind.Restart, restarted.RequestedBy, restarted.Release, restarted.Seconds) with { Urls = restarted.Urls },
            AppRemoved removed => Done(ended, DeploymentKind.Remove, removed.RequestedBy, removed.Release, removed.Seconds) with { Warnings = removed.Warnings },
            AppLocked locked => Done(ended, DeploymentKind.Lock, locked.RequestedBy, null, null),
            AppUnlocked unlocked => Done(ended, DeploymentKind.Unlock, unlocked.RequestedBy, null, null),
            DeploymentFailed failed => ended with
            {
                Kind = KindOf(ended, failed.Kind),
                State = DeploymentState.Failed,
                RequestedBy = failed.RequestedBy ?? ended.RequestedBy,
                Failure = Failure(failed),
            },
            DeploymentCancelled => ended with { State = DeploymentState.Cancelled },
            DeploymentSuperseded => ended with { State = DeploymentState.Superseded },
            _ => throw new NotSupportedException($"{happened.GetType().Name} is an event of a deployment that its projection does not know."),
        };
    }

    private static Deployment Done(Deployment ended, DeploymentKind kind, string? requestedBy, int? release, double? seconds) => ended with
    {
        Kind = kind,
        State = DeploymentState.Done,
        RequestedBy = requestedBy ?? ended.RequestedBy,
        Release = release,
        Seconds = seconds,
    };

    /// <summary>A teller of before did not say; what was asked for here is known better.</summary>
    private static DeploymentKind KindOf(Deployment deployment, DeploymentKind told) => told == DeploymentKind.Deploy ? deployment.Kind : told;

    private static DeploymentFailure Failure(DeploymentFailed failed) => new()
    {
        Reason = failed.Reason,
        Step = failed.Step,
        Message = failed.Message,
        Errors = failed.Errors,
        ExitCode = failed.ExitCode,
        Output = failed.Output,
        Left = failed.Left,
        ServingRelease = failed.ServingRelease,
    };

    /// <summary>The step as known so far; a step completed before the acceptance was heard has no name yet.</summary>
    private static DeploymentStep Step(Deployment deployment, int number) =>
        number <= deployment.Steps.Count ? deployment.Steps[number - 1] : new DeploymentStep(number, "", StepState.Pending);

    /// <summary>Of the steps that have not ended well, the first is in work while the deployment runs, and the one named is the one that failed.</summary>
    private static List<DeploymentStep> Mark(Deployment deployment)
    {
        var current = deployment.State == DeploymentState.Running
            ? deployment.Steps.FirstOrDefault(step => step.State != StepState.Done)?.Number
            : null;
        return [.. deployment.Steps.Select(step => step.State == StepState.Done ? step : step with { State = Open(step) })];

        StepState Open(DeploymentStep step) =>
            step.Number == current ? StepState.Running
            : deployment.Failure?.Step is { } failed && step.Name == failed ? StepState.Failed
            : StepState.Pending;
    }
}
