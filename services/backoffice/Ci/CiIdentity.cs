using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Backoffice.Ci;

/// <summary>The job behind a verified token, in the same words for every provider.</summary>
internal sealed record CiIdentity
{
    private const int LongestName = 200;

    /// <summary>The CI system.</summary>
    public required CiProvider Provider { get; init; }

    /// <summary>Who signed the token.</summary>
    public required string Issuer { get; init; }

    /// <summary>The token's own id.</summary>
    public required string TokenId { get; init; }

    /// <summary>When the token ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The repository's number, which a rename does not change.</summary>
    public required long RepositoryId { get; init; }

    /// <summary>The number of its owner.</summary>
    public required long OwnerId { get; init; }

    /// <summary>Its name, for people.</summary>
    public required string Repository { get; init; }

    /// <summary>As in <c>refs/heads/main</c>.</summary>
    public required string Ref { get; init; }

    /// <summary>The commit.</summary>
    public required string Sha { get; init; }

    /// <summary>The environment the job runs in. Null: none.</summary>
    public string? Environment { get; init; }

    /// <summary>The file the job comes from. Null: of another repository, or of another branch or commit than the job's own.</summary>
    public string? Workflow { get; init; }

    /// <summary>What started the job.</summary>
    public required string Event { get; init; }

    /// <summary>Whose machine it runs on.</summary>
    public required CiRunner Runner { get; init; }

    /// <summary>The number people know the run by.</summary>
    public required long Run { get; init; }

    /// <summary>Who set it off. Null: nobody is named.</summary>
    public string? Actor { get; init; }

    /// <summary>The repository as counters and limits know it, such as <c>github:74</c>.</summary>
    public string RepositoryKey => $"{ProviderName}:{RepositoryId}";

    /// <summary>As in <c>github</c>.</summary>
    public string ProviderName => OptionName(Provider);

    /// <summary>Who asks, for the timeline: <c>github:you/shop@main #123 by you</c>.</summary>
    public string Requester
    {
        get
        {
            var branch = Ref.StartsWith("refs/heads/", StringComparison.Ordinal) || Ref.StartsWith("refs/tags/", StringComparison.Ordinal) ? Ref.Split('/', 3)[2] : Ref;
            var name = $"{ProviderName}:{Repository}@{branch} #{Run}{(Actor is null ? "" : $" by {Actor}")}";
            return name.Length > LongestName ? name[..LongestName] : name;
        }
    }

    public static string OptionName<T>(T value)
        where T : struct, Enum =>
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
