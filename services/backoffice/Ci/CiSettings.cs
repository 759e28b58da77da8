using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Backoffice.Ci;

/// <summary>What must hold between the keys of section <c>ci</c>.</summary>
internal static class CiSettings
{
    private static readonly string[] Unreviewed = ["pull_request", "pull_request_target", "merge_request_event", "external_pull_request_event"];

    public static IEnumerable<ConfigurationFault> Faults(CiOptions options)
    {
        if (options.Apps.Count > 0 && options.Audience is null)
            yield return new ConfigurationFault("ci.audience", null, "it is missing, though ci.apps says who may deploy", "Write the address CI reaches this platform's API at, such as https://mambo.example.org.");
        foreach (var (key, issuer) in ((string, Uri)[])[("ci.githubIssuer", options.GithubIssuer), ("ci.gitlabIssuer", options.GitlabIssuer)])
        {
            if (!IsSafe(issuer))
                yield return new ConfigurationFault(key, null, "its keys would come unprotected", "Write an https address.");
        }

        if (IssuerText(options.GithubIssuer) == IssuerText(options.GitlabIssuer))
            yield return new ConfigurationFault("ci.gitlabIssuer", null, "it is the same as ci.githubIssuer", "Write who signs the tokens of GitLab CI, or leave it out.");
        foreach (var (app, binding) in options.Apps)
        {
            if (binding.Refs.Count == 0)
                yield return new ConfigurationFault($"ci.apps.{app}.refs", null, "it is empty, so nothing could deploy", "Write branches or tags such as refs/heads/main.");
            foreach (var pattern in binding.Refs.Where(pattern => !pattern.StartsWith("refs/", StringComparison.Ordinal)))
                yield return new ConfigurationFault($"ci.apps.{app}.refs", null, $"\"{pattern}\" is no full name", $"Write refs/heads/{pattern} for a branch, refs/tags/{pattern} for a tag.");
            foreach (var unreviewed in (binding.Events ?? []).Intersect(Unreviewed))
                yield return new ConfigurationFault($"ci.apps.{app}.events", null, $"{unreviewed} would let code deploy that nobody has taken in", "Deploy after the merge, from push.");
        }
    }

    /// <summary>An issuer as its tokens name it: without a slash at the end.</summary>
    public static string IssuerText(Uri issuer) => issuer.OriginalString.TrimEnd('/');

    /// <summary>Nobody between here and there can put in keys of their own.</summary>
    public static bool IsSafe(Uri address) => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);
}
