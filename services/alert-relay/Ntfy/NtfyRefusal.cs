using System.Net;
using System.Text.Json;

using Mambo.AlertRelay.Notifications;
using Mambo.Contracts;

namespace Mambo.AlertRelay.Ntfy;

/// <summary>What an answer other than success means, and what to do about it.</summary>
internal static class NtfyRefusal
{
    private const int LongestQuote = 200;

    /// <summary>Whether the same request can succeed later: the server is overloaded or broken, not unwilling.</summary>
    public static bool IsTemporary(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status == 425 || (int)status >= 500;

    /// <summary>The status and the server's own words, such as <c>403 forbidden (40301)</c>.</summary>
    public static string Quote(HttpStatusCode status, string body)
    {
        var said = Parse(body);
        var words = said?.Error ?? (body.Length == 0 ? "without a word" : body);
        return $"{(int)status} {PlainText.Line(words, LongestQuote)}{(said?.Code is { } code ? $" ({code})" : "")}";
    }

    /// <summary>What the operator can do, as sentences.</summary>
    /// <param name="status">The answer.</param>
    /// <param name="hasToken">Whether a token was sent.</param>
    /// <param name="location">Where a redirect leads. Null: it is none.</param>
    public static string Remedy(HttpStatusCode status, bool hasToken, Uri? location = null) => (int)status switch
    {
        401 when hasToken => "The server does not know the token: put a valid access token (ntfy token add USER) into the secret ntfy-token.",
        401 => "The server wants a login: put an access token (ntfy token add USER) into the secret ntfy-token.",
        403 when hasToken => "The token's user needs write access to the topic: ntfy access USER TOPIC rw.",
        403 => "The topic is not open to everybody: put an access token of a user with write access into the secret ntfy-token.",
        404 or 405 => "No ntfy server answers there: write its root address into alerts.server.",
        413 => "The server takes less than ntfy's default: raise its message-size-limit to 4K.",
        >= 300 and < 400 when location is not null => $"Write the address it redirects to into alerts.server: {location.GetLeftPart(UriPartial.Authority)}.",
        _ => "Check alerts.server and alerts.topic; the server must be ntfy 2.16 or later with a message-size-limit of at least 4K.",
    };

    private static Answer? Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<Answer>(body, WireJson.Options);
        }
        catch (JsonException)
        {
            // Not ntfy but something in front of it; its text is quoted as it is.
            return null;
        }
    }

    private sealed record Answer(int? Code, string? Error);
}
