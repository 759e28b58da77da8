namespace Mambo.Backoffice.Ci;

/// <summary>Why a token of CI is refused; a label of <c>mambo_ci_tokens_refused_total</c>, in snake case.</summary>
internal enum RefusalReason
{
    /// <summary>This platform takes no tokens of CI: <c>ci.audience</c> is unset.</summary>
    NotConfigured,

    /// <summary>There is no token, or it is no signed JWT of a sane size.</summary>
    Malformed,

    /// <summary>It is not signed with RS256.</summary>
    Algorithm,

    /// <summary>Its header wants to bring its own key, or wants something understood that is not.</summary>
    Header,

    /// <summary>Neither of the two issuers made it.</summary>
    Issuer,

    /// <summary>The issuer has no key of this id.</summary>
    UnknownKey,

    /// <summary>The issuer's keys are not known, and it does not answer.</summary>
    KeysUnavailable,

    /// <summary>The signature is not the issuer's.</summary>
    Signature,

    /// <summary>It was made for another system.</summary>
    Audience,

    /// <summary>It is expired, not valid yet, or lives too long.</summary>
    Lifetime,

    /// <summary>A claim is missing or is not what it should be.</summary>
    Claim,

    /// <summary>It was exchanged before, for something else.</summary>
    Replayed,

    /// <summary>No repository may deploy this app.</summary>
    NoBinding,

    /// <summary>Another repository may.</summary>
    Repository,

    /// <summary>The repository belongs to somebody else now.</summary>
    Owner,

    /// <summary>Another branch or tag may.</summary>
    Ref,

    /// <summary>It does not run in the environment it must run in.</summary>
    Environment,

    /// <summary>It comes from another workflow file.</summary>
    Workflow,

    /// <summary>Something else started it.</summary>
    Event,

    /// <summary>It runs on somebody else's machine.</summary>
    Runner,
}

/// <summary>A token that is refused.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Detail">What is wrong and what would be right, for the log. Its sender is not told.</param>
internal sealed record Refusal(RefusalReason Reason, string Detail);
