using System.ComponentModel.DataAnnotations;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Section <c>ci</c>. Nothing in it is secret.</summary>
public sealed class CiOptions
{
    /// <summary>
    /// What a job asks its token for, compared letter by letter; best the address of this platform's API, which no other system takes tokens for.
    /// Unset: CI tokens are refused.
    /// </summary>
    [RegularExpression(@"^[!-~]{1,255}$", ErrorMessage = "must be 1 to 255 visible ASCII characters, such as https://mambo.example.org")]
    public string? Audience { get; set; }

    /// <summary>Who signs the tokens of GitHub Actions; a GitHub Enterprise Server is its own. Default: <c>https://token.actions.githubusercontent.com</c>.</summary>
    [Required]
    public Uri GithubIssuer { get; set; } = new("https://token.actions.githubusercontent.com");

    /// <summary>Who signs the tokens of GitLab CI; a self-managed GitLab is its own. Default: <c>https://gitlab.com</c>.</summary>
    [Required]
    public Uri GitlabIssuer { get; set; } = new("https://gitlab.com");

    /// <summary>Whether CI may name an image by a tag, which can come to mean another image later. Default: <c>false</c>, only <c>name@sha256:…</c>.</summary>
    public bool AllowTags { get; set; }

    /// <summary>Requests a repository may make in a minute, with its tokens and with what it got for them. Default: 60.</summary>
    [Range(1, 10_000)]
    public int RequestsPerMinute { get; set; } = 60;

    /// <summary>Which repository may deploy an app.</summary>
    public Dictionary<string, CiBinding> Apps { get; } = new(StringComparer.Ordinal);
}

/// <summary>The jobs that may deploy an app: all of it must hold.</summary>
public sealed class CiBinding
{
    /// <summary>Where the jobs run.</summary>
    [Required]
    public CiProvider? Provider { get; set; }

    /// <summary>
    /// The repository's number, which stays when it is renamed and is never given to another. The log names it when a job is refused for want of a binding.
    /// </summary>
    [Required, Range(1, 999_999_999_999)]
    public long? RepositoryId { get; set; }

    /// <summary>The number of the user, organisation or group that owns it; a repository given away may no longer deploy.</summary>
    [Required, Range(1, 999_999_999_999)]
    public long? OwnerId { get; set; }

    /// <summary>
    /// Full names of the branches and tags that may deploy; <c>*</c> stands for anything but a slash, <c>**</c> for anything. Default: <c>refs/heads/main</c>.
    /// </summary>
    [Required]
    public IReadOnlyList<string> Refs { get; set; } = ["refs/heads/main"];

    /// <summary>The environment a job must run in; GitHub and GitLab can ask a person before it does. Unset: any, or none.</summary>
    public string? Environment { get; set; }

    /// <summary>
    /// The file the job must come from, such as <c>.github/workflows/deploy.yml</c>, in the same repository and at the same commit or branch. Unset: any.
    /// </summary>
    [RegularExpression("^[A-Za-z0-9._-][A-Za-z0-9._/-]{0,199}$", ErrorMessage = "must be a path in the repository, such as .github/workflows/deploy.yml")]
    public string? Workflow { get; set; }

    /// <summary>
    /// What may have started the job. Unset: <c>push</c>, <c>release</c> and <c>workflow_dispatch</c> for GitHub, <c>push</c> and <c>web</c> for GitLab;
    /// never a pull request.
    /// </summary>
    public IReadOnlyList<string>? Events { get; set; }

    /// <summary>Whose machine the job must run on. Default: <c>hosted</c>, one of the provider's, new for each job.</summary>
    public CiRunner Runner { get; set; } = CiRunner.Hosted;
}

/// <summary>A CI system whose tokens are understood.</summary>
public enum CiProvider
{
    /// <summary>GitHub Actions.</summary>
    Github,

    /// <summary>GitLab CI.</summary>
    Gitlab,
}

/// <summary>Whose machine a job runs on.</summary>
public enum CiRunner
{
    /// <summary>The provider's.</summary>
    Hosted,

    /// <summary>The owner's.</summary>
    SelfHosted,

    /// <summary>Anybody's.</summary>
    Any,
}
