using System.Globalization;
using System.Text.RegularExpressions;

using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Backoffice.Ci;

/// <summary>
/// Reads the claims of a token whose signature is good. Numbers decide, names are for people: a repository that was renamed or made anew under an old name is
/// known by its number.
/// </summary>
internal static partial class IdentityReader
{
    public static (CiIdentity? Identity, Refusal? Refusal) Read(CiProvider provider, string issuer, CiClaims claims)
    {
        var missing = new List<string>();
        var identity = provider == CiProvider.Github ? Github(issuer, claims, missing) : Gitlab(issuer, claims, missing);
        if (missing.Count > 0)
            return Bad($"it lacks {string.Join(", ", missing)}, or has it in a wrong form");
        if (provider == CiProvider.Github && !SubjectAgrees(claims.Text("sub")!, identity))
            return Bad($"its sub {CiClaims.Shown(claims.Text("sub"))} is of another repository than its other claims, {identity.Repository} ({identity.RepositoryId})");
        return (identity, null);

        static (CiIdentity?, Refusal?) Bad(string why) => (null, new Refusal(RefusalReason.Claim, why));
    }

    private static CiIdentity Github(string issuer, CiClaims claims, List<string> missing)
    {
        Need(claims.Text("sub"), "sub", missing);
        var repository = Name(claims, "repository", missing);
        var (reference, sha) = (Need(claims.Text("ref"), "ref", missing), Commit(claims, missing));
        return new CiIdentity
        {
            Provider = CiProvider.Github,
            Issuer = issuer,
            TokenId = TokenId(claims, missing),
            ExpiresAt = claims.Time("exp") ?? default,
            RepositoryId = Number(claims, "repository_id", missing),
            OwnerId = Number(claims, "repository_owner_id", missing),
            Repository = repository,
            Ref = reference,
            Sha = sha,
            Environment = claims.Text("environment"),
            Workflow = FileOf(Need(claims.Text("job_workflow_ref"), "job_workflow_ref", missing), $"{repository}/", reference, sha),
            Event = Need(claims.Text("event_name"), "event_name", missing),
            Runner = Runner(claims, "github-hosted", missing),
            Run = Number(claims, "run_number", missing),
            Actor = claims.Text("actor"),
        };
    }

    private static CiIdentity Gitlab(string issuer, CiClaims claims, List<string> missing)
    {
        var project = Name(claims, "project_path", missing);
        var (reference, sha) = (Need(claims.Text("ref_path"), "ref_path", missing), Commit(claims, missing));
        return new CiIdentity
        {
            Provider = CiProvider.Gitlab,
            Issuer = issuer,
            TokenId = TokenId(claims, missing),
            ExpiresAt = claims.Time("exp") ?? default,
            RepositoryId = Number(claims, "project_id", missing),
            OwnerId = Number(claims, "namespace_id", missing),
            Repository = project,
            Ref = reference,
            Sha = sha,
            Environment = claims.Text("environment"),
            Workflow = claims.Text("ci_config_ref_uri") is { } file ? FileOf(file, $"{new Uri(issuer).Authority}/{project}//", reference, sha) : null,
            Event = Need(claims.Text("pipeline_source"), "pipeline_source", missing),
            Runner = Runner(claims, "gitlab-hosted", missing),
            Run = Number(claims, "pipeline_id", missing),
            Actor = claims.Text("user_login"),
        };
    }

    /// <summary>
    /// Since July 2026 GitHub writes numbers beside the names of a new repository, as in <c>repo:you@65/shop@74:ref:refs/heads/main</c>. An organisation may also have a form
    /// of its own, which says nothing the other claims do not.
    /// </summary>
    private static bool SubjectAgrees(string subject, CiIdentity identity)
    {
        if (!subject.StartsWith("repo:", StringComparison.Ordinal))
            return true;
        var match = Subject().Match(subject);
        if (!match.Success || !$"{match.Groups["owner"]}/{match.Groups["name"]}".Equals(identity.Repository, StringComparison.OrdinalIgnoreCase))
            return false;
        var (owner, repository) = (match.Groups["ownerId"], match.Groups["id"]);
        return !owner.Success || (owner.Value == Digits(identity.OwnerId) && repository.Value == Digits(identity.RepositoryId));

        static string Digits(long id) => id.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Null: the file is of another repository, or of another branch or commit.</summary>
    private static string? FileOf(string location, string repository, string reference, string sha)
    {
        if (!location.StartsWith(repository, StringComparison.OrdinalIgnoreCase) || location[repository.Length..].Split('@', 2) is not [var file, var at])
            return null;
        return at == reference || at == sha ? file : null;
    }

    private static CiRunner Runner(CiClaims claims, string hosted, List<string> missing)
    {
        var runner = Need(claims.Text("runner_environment"), "runner_environment", missing);
        return runner == hosted ? CiRunner.Hosted : CiRunner.SelfHosted;
    }

    private static string TokenId(CiClaims claims, List<string> missing) => Need(claims.Text("jti") is { Length: <= 200 } id ? id : null, "jti", missing);

    private static string Commit(CiClaims claims, List<string> missing) => Need(claims.Text("sha") is { } sha && Sha().IsMatch(sha) ? sha : null, "sha", missing);

    private static string Name(CiClaims claims, string name, List<string> missing) => Need(claims.Text(name) is { } path && Path().IsMatch(path) ? path : null, name, missing);

    private static long Number(CiClaims claims, string name, List<string> missing)
    {
        if (claims.Id(name) is { } number)
            return number;
        missing.Add(name);
        return 0;
    }

    private static string Need(string? value, string name, List<string> missing)
    {
        if (value is null)
            missing.Add(name);
        return value ?? "";
    }

    [GeneratedRegex(@"\Arepo:(?<owner>[^/:@]+)(@(?<ownerId>[0-9]+))?/(?<name>[^/:@]+)(?(ownerId)@(?<id>[0-9]+)):", RegexOptions.CultureInvariant)]
    private static partial Regex Subject();

    [GeneratedRegex(@"\A([0-9a-f]{40}|[0-9a-f]{64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sha();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Path();
}
