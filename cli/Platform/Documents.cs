using System.Text.Json;

using Mambo.Contracts;
using Mambo.Contracts.Deployments;

namespace Mambo.Cli.Platform;

/// <summary>Answers of the API, as far as they are shown; <c>--json</c> hands on the whole document.</summary>
internal static class Documents
{
    public static T As<T>(this JsonElement document) => document.Deserialize<T>(WireJson.Options)!;
}

internal sealed record PlatformDocument(string Name, string Host, string Version, string Domain, Uri? Edge);

internal sealed record DeploymentDocument(
    Guid DeploymentId, string App, string Host, string State, string? RequestedBy, DateTimeOffset RequestedAt, DateTimeOffset? EndedAt, string? Commit,
    IReadOnlyList<StepDocument>? Steps, int? Release, IReadOnlyList<Uri>? Urls, IReadOnlyList<string>? Warnings, double? Seconds, FailureDocument? Failure)
{
    public bool HasEnded => State is "deployed" or "failed" or "rolledBack" or "superseded" or "cancelled";
}

internal sealed record StepDocument(int Number, string Name, string State, double? Seconds);

internal sealed record FailureDocument(
    DeploymentFailureReason Reason, string? Step, string Message, IReadOnlyList<FieldError>? Errors, int? ExitCode, IReadOnlyList<string>? Output, string? Left, int? ServingRelease);

internal sealed record DeploymentsDocument(IReadOnlyList<DeploymentDocument> Deployments);

internal sealed record AppDocument(
    string App, string Host, int Release, IReadOnlyDictionary<string, string>? Images, IReadOnlyList<Uri>? Urls, string? Commit, string? RequestedBy, DateTimeOffset DeployedAt,
    IReadOnlyList<string>? Warnings);

internal sealed record ReleasesDocument(IReadOnlyList<ReleaseDocument> Releases);

internal sealed record ReleaseDocument(
    int Release, IReadOnlyDictionary<string, string>? Images, string? Commit, string? RequestedBy, DateTimeOffset DeployedAt, double? Seconds, bool Current);

internal sealed record EventsDocument(IReadOnlyList<EventDocument> Events, long Next);

internal sealed record EventDocument(long Seq, string Type, DateTimeOffset At, string Host, JsonElement Body);

internal sealed record VerdictDocument(bool Ok, long Events, string? Head, VerdictProblem? Problem);

internal sealed record VerdictProblem(long? Seq, string Problem);

internal sealed record NewTokenDocument(string Token, string Name, string App, DateTimeOffset ExpiresAt);

internal sealed record TokensDocument(IReadOnlyList<TokenDocument> Tokens);

internal sealed record TokenDocument(string Name, string App, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

internal sealed record AcceptedDocument(Guid DeploymentId, string App);

internal sealed record ProblemDocument(string? Title, string? Detail, IReadOnlyList<FieldError>? Errors);
