using Mambo.Contracts.Deployments;

namespace Mambo.Deployer.Acceptance;

/// <summary>The answer to a command that is not valid.</summary>
internal static class Rejection
{
    public static DeploymentFailed Of(Guid deployment, string? app, string? requestedBy, string what, IReadOnlyList<FieldError> faults, DeploymentKind kind = DeploymentKind.Deploy) => new()
    {
        DeploymentId = deployment,
        App = app ?? "",
        Kind = kind,
        Reason = DeploymentFailureReason.Rejected,
        Message = Sentence(what, faults),
        Errors = faults,
        RequestedBy = requestedBy,
    };

    /// <summary>The first fault, and how many more there are.</summary>
    public static string Sentence(string what, IReadOnlyList<FieldError> faults) =>
        $"{what}: {faults[0].Field}: {faults[0].Problem}{(faults.Count == 1 ? "" : $" ({faults.Count - 1} more)")}";
}
