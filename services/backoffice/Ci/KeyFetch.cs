using System.Text.Json;

namespace Mambo.Backoffice.Ci;

/// <summary>Asks an issuer for its keys: by its discovery document, as OpenID Connect has it.</summary>
internal sealed class KeyFetch(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = Deadline,
        MaxResponseContentBufferSize = 256 * 1024,
    };

    /// <exception cref="HttpRequestException">It does not answer, or not well.</exception>
    /// <exception cref="JsonException">It answers something else than its keys.</exception>
    /// <exception cref="TaskCanceledException">It takes too long.</exception>
    public async Task<SigningKeys> FetchAsync(string issuer)
    {
        var discovery = await _http.GetFromJsonAsync<JsonElement>(new Uri($"{issuer}/.well-known/openid-configuration"));
        if (discovery.ValueKind != JsonValueKind.Object || new CiClaims(discovery) is not { } document || document.Text("issuer") != issuer)
            throw new JsonException("Its discovery document is not its own.");
        if (!Uri.TryCreate(document.Text("jwks_uri"), UriKind.Absolute, out var keys) || !CiSettings.IsSafe(keys))
            throw new JsonException("Its discovery document names no https address of its keys.");
        return new SigningKeys(await _http.GetStringAsync(keys), time.GetUtcNow());
    }

    public void Dispose() => _http.Dispose();
}
