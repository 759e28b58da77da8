namespace Mambo.OidcIssuer;

/// <summary>A job of GitHub Actions, as its token describes it.</summary>
public sealed record GithubJob
{
    public string Owner { get; init; } = "you";

    public long OwnerId { get; init; } = 65;

    public string Name { get; init; } = "shop";

    public long RepositoryId { get; init; } = 74;

    public string Ref { get; init; } = "refs/heads/main";

    public string Sha { get; init; } = "4f2c1d98a0b3e7f65c4d3b2a1908f7e6d5c4b3a2";

    public string? Environment { get; init; }

    public string Event { get; init; } = "push";

    public string Runner { get; init; } = "github-hosted";

    public string Workflow { get; init; } = ".github/workflows/deploy.yml";

    /// <summary>Repositories made since July 2026 have numbers in their <c>sub</c>.</summary>
    public bool NumbersInSubject { get; init; } = true;

    /// <summary>When the token is made. Unset: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The claims, as GitHub writes them: ids are text, times are numbers, and it is valid from ten minutes before it was made.</summary>
    public Dictionary<string, object> Claims(string issuer, string audience)
    {
        var repository = NumbersInSubject ? $"{Owner}@{OwnerId}/{Name}@{RepositoryId}" : $"{Owner}/{Name}";
        var made = (At ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["jti"] = Guid.NewGuid().ToString(),
            ["sub"] = $"repo:{repository}:{(Environment is null ? $"ref:{Ref}" : $"environment:{Environment}")}",
            ["aud"] = audience,
            ["ref"] = Ref,
            ["sha"] = Sha,
            ["repository"] = $"{Owner}/{Name}",
            ["repository_owner"] = Owner,
            ["repository_owner_id"] = $"{OwnerId}",
            ["run_id"] = "9182736450",
            ["run_number"] = "123",
            ["run_attempt"] = "1",
            ["repository_visibility"] = "private",
            ["repository_id"] = $"{RepositoryId}",
            ["actor_id"] = "65",
            ["actor"] = "you",
            ["workflow"] = "Deploy",
            ["head_ref"] = "",
            ["base_ref"] = "",
            ["event_name"] = Event,
            ["ref_protected"] = "true",
            ["ref_type"] = Ref.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag" : "branch",
            ["workflow_ref"] = $"{Owner}/{Name}/{Workflow}@{Ref}",
            ["workflow_sha"] = Sha,
            ["job_workflow_ref"] = $"{Owner}/{Name}/{Workflow}@{Ref}",
            ["job_workflow_sha"] = Sha,
            ["runner_environment"] = Runner,
            ["iss"] = issuer,
            ["nbf"] = made - 600,
            ["iat"] = made,
            ["exp"] = made + 300,
        };
        if (Environment is not null)
            claims["environment"] = Environment;
        return claims;
    }
}

/// <summary>A job of GitLab CI, as its token describes it.</summary>
public sealed record GitlabJob
{
    /// <summary>The claims, as GitLab writes them: it lives as long as the job may run, here an hour.</summary>
    public static Dictionary<string, object> Claims(string issuer, string audience)
    {
        var made = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return new()
        {
            ["namespace_id"] = "72",
            ["namespace_path"] = "my-group",
            ["project_id"] = "20",
            ["project_path"] = "my-group/my-project",
            ["user_id"] = "1",
            ["user_login"] = "sample-user",
            ["user_email"] = "sample-user@example.com",
            ["pipeline_id"] = "574",
            ["pipeline_source"] = "push",
            ["job_id"] = "302",
            ["ref"] = "main",
            ["ref_type"] = "branch",
            ["ref_path"] = "refs/heads/main",
            ["ref_protected"] = "true",
            ["runner_id"] = 1,
            ["runner_environment"] = "gitlab-hosted",
            ["sha"] = "714a629c0b401fdce83e847fc9589983fc6f46bc",
            ["project_visibility"] = "public",
            ["ci_config_ref_uri"] = $"{new Uri(issuer).Authority}/my-group/my-project//.gitlab-ci.yml@refs/heads/main",
            ["ci_config_sha"] = "714a629c0b401fdce83e847fc9589983fc6f46bc",
            ["jti"] = Guid.NewGuid().ToString(),
            ["iss"] = issuer,
            ["iat"] = made,
            ["nbf"] = made - 5,
            ["exp"] = made + 3600,
            ["sub"] = "project_path:my-group/my-project:ref_type:branch:ref:main",
            ["aud"] = audience,
        };
    }
}
