using System.Text.Json;
using System.Text.RegularExpressions;

using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Backoffice.Ci;

/// <summary>Whether a job may deploy an app: what <c>ci.apps</c> says, compared with what the token says. Pure.</summary>
internal static class BindingRules
{
    private static readonly string[] GithubEvents = ["push", "release", "workflow_dispatch"];
    private static readonly string[] GitlabEvents = ["push", "web"];

    /// <summary>Null: it may.</summary>
    public static Refusal? Check(CiIdentity job, string app, IReadOnlyDictionary<string, CiBinding> bindings)
    {
        if (!bindings.TryGetValue(app, out var binding))
            return new Refusal(RefusalReason.NoBinding, $"no repository may deploy {app}. If {Shown(job)} is to, add to mambo.yml and restart: {Proposal(job, app)}");
        if (binding.Provider != job.Provider || binding.RepositoryId != job.RepositoryId)
            return No(RefusalReason.Repository, $"it is {Shown(job)}; ci.apps.{app} is for {CiIdentity.OptionName(binding.Provider!.Value)}:{binding.RepositoryId}");
        if (binding.OwnerId != job.OwnerId)
            return No(RefusalReason.Owner, $"its owner is {job.OwnerId}, not {binding.OwnerId}");
        if (!binding.Refs.Any(pattern => Matches(pattern, job.Ref)))
            return No(RefusalReason.Ref, $"{CiClaims.Shown(job.Ref)} is none of {string.Join(", ", binding.Refs)}");
        if (binding.Environment is { } environment && !environment.Equals(job.Environment, StringComparison.OrdinalIgnoreCase))
            return No(RefusalReason.Environment, $"its environment is {CiClaims.Shown(job.Environment)}, not {environment}");
        if (binding.Workflow is { } workflow && workflow != job.Workflow)
            return No(RefusalReason.Workflow, $"its workflow is {CiClaims.Shown(job.Workflow)} of its own repository and commit, not {workflow}");
        var events = EventsOf(binding);
        if (!events.Contains(job.Event, StringComparer.Ordinal))
            return No(RefusalReason.Event, $"{CiClaims.Shown(job.Event)} started it, which is none of {string.Join(", ", events)}");
        if (binding.Runner != CiRunner.Any && binding.Runner != job.Runner)
            return No(RefusalReason.Runner, $"its runner is {CiIdentity.OptionName(job.Runner)}, not {CiIdentity.OptionName(binding.Runner)}");
        return null;

        Refusal No(RefusalReason reason, string why) => new(reason, $"{job.Requester} may not deploy {app}: {why}");
    }

    /// <summary>What may start a job of this binding.</summary>
    public static IReadOnlyList<string> EventsOf(CiBinding binding) => binding.Events ?? (binding.Provider == CiProvider.Github ? GithubEvents : GitlabEvents);

    /// <summary><c>*</c> stands for anything but a slash, <c>**</c> for anything.</summary>
    internal static bool Matches(string pattern, string reference)
    {
        var expression = Regex.Escape(pattern).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal);
        return Regex.IsMatch(reference, $@"\A(?:{expression})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);
    }

    private static string Shown(CiIdentity job) => $"{job.RepositoryKey} ({job.Repository})";

    private static string Proposal(CiIdentity job, string app) =>
        $"ci: {{ apps: {{ {app}: {{ provider: {job.ProviderName}, repositoryId: {job.RepositoryId}, ownerId: {job.OwnerId}, refs: [{JsonSerializer.Serialize(job.Ref)}] }} }} }}";
}
