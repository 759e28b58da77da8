using Mambo.ServiceDefaults.Configuration;

using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Mambo.Backoffice.Ci;

/// <summary>Decides whether a token is one its issuer made, for us, and for now. What its job may do with it is decided by <see cref="BindingRules"/>.</summary>
internal sealed class TokenVerifier(CiOptions options, IssuerKeys keys, TimeProvider time)
{
    /// <summary>How far the issuer's clock and ours may differ.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    /// <summary>GitHub's tokens live five minutes; a longer one was not made for a job.</summary>
    public static readonly TimeSpan LongestOfGithub = TimeSpan.FromMinutes(15);

    /// <summary>GitLab's live as long as the job may run.</summary>
    public static readonly TimeSpan LongestOfGitlab = TimeSpan.FromHours(24);

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = CiToken.Longest };

    public async Task<(CiIdentity? Identity, Refusal? Refusal)> VerifyAsync(string? raw)
    {
        if (options.Audience is not { } audience)
            return (null, new Refusal(RefusalReason.NotConfigured, "ci.audience is unset, so no token of CI is taken"));
        var (token, refusal) = CiToken.Read(raw);
        if (token is null)
            return (null, refusal);
        var issuer = token.Claims.Text("iss");
        if (ProviderOf(issuer) is not { } provider)
            return (null, new Refusal(RefusalReason.Issuer, $"its issuer is {CiClaims.Shown(issuer)}"));

        (var key, refusal) = await keys.FindAsync(issuer!, token.KeyId);
        if (key is null)
            return (null, refusal);
        if (await UnsignedAsync(token, key) is { } forged)
            return (null, forged);
        if (token.Claims.Single("aud") is var meant && meant != audience)
            return (null, new Refusal(RefusalReason.Audience, $"it was made for {CiClaims.Shown(meant)}, not {audience}"));
        if (WrongTime(token.Claims, provider) is { } when)
            return (null, new Refusal(RefusalReason.Lifetime, when));
        return IdentityReader.Read(provider, issuer!, token.Claims);
    }

    private CiProvider? ProviderOf(string? issuer) =>
        issuer == CiSettings.IssuerText(options.GithubIssuer) ? CiProvider.Github
        : issuer == CiSettings.IssuerText(options.GitlabIssuer) ? CiProvider.Gitlab
        : null;

    /// <summary>Only the signature is asked of the library; the claims are compared here, where the clock can be set in tests and each refusal has its own reason.</summary>
    private async Task<Refusal?> UnsignedAsync(CiToken token, JsonWebKey key)
    {
        var result = await _handler.ValidateTokenAsync(token.Raw, new TokenValidationParameters
        {
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = false,
            ValidAlgorithms = [CiToken.Algorithm],
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
        });
        return result.IsValid ? null
            : result.Exception is ArgumentException or SecurityTokenMalformedException ? new Refusal(RefusalReason.Malformed, "a claim has a form no JWT has it in")
            : new Refusal(RefusalReason.Signature, $"it is not signed with the key {CiClaims.Shown(token.KeyId)}");
    }

    /// <summary>Null: its time is now.</summary>
    private string? WrongTime(CiClaims claims, CiProvider provider)
    {
        var now = time.GetUtcNow();
        if (claims.Time("exp") is not { } end || claims.Time("iat") is not { } made)
            return "it does not say when it was made and when it ends";
        var begin = claims.Has("nbf") ? claims.Time("nbf") : made;
        if (begin is not { } from)
            return "it says in no right form from when on it is valid";
        var longest = provider == CiProvider.Github ? LongestOfGithub : LongestOfGitlab;
        return end <= now - Skew ? $"it ended at {end:u}"
            : made > now + Skew || from > now + Skew ? $"it is valid from {(made > from ? made : from):u} on"
            : end - made > longest || end <= made ? $"it lives {end - made}; the longest is {longest}"
            : null;
    }
}
