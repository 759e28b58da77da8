using System.Globalization;
using System.Text.Json;

using Mambo.ServiceDefaults.Names;

namespace Mambo.Backoffice.Ci;

/// <summary>The members of a JWT's header or payload, read strictly: what is not of the right kind is not there.</summary>
internal sealed class CiClaims(JsonElement json)
{
    public bool Has(string name) => json.TryGetProperty(name, out _);

    /// <summary>Text without control characters. Null: missing, or no such text.</summary>
    public string? Text(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && Read(value) is { Length: > 0 and <= 1000 } text && !text.Any(char.IsControl) ? text : null;

    /// <summary>A whole number above 0, as a number or, as the issuers write ids, as text. Null: missing, or no such number.</summary>
    public long? Id(string name)
    {
        if (!json.TryGetProperty(name, out var value))
            return null;
        var digits = value.ValueKind switch { JsonValueKind.Number => value.GetRawText(), JsonValueKind.String => Read(value), _ => null };
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;
    }

    /// <summary>A time in whole seconds since 1970.</summary>
    public DateTimeOffset? Time(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is > 0 and < 100_000_000_000
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <summary>The one text of a claim that is a text or a list of one.</summary>
    public string? Single(string name) => json.TryGetProperty(name, out var value) && value is { ValueKind: JsonValueKind.Array }
        ? value.GetArrayLength() == 1 && value[0].ValueKind == JsonValueKind.String ? Read(value[0]) : null
        : Text(name);

    /// <summary>A stranger's text in a log line.</summary>
    public static string Shown(string? text) => text is null ? "nothing" : Quoted.Text(text);

    /// <summary>Null for an escaped half of a surrogate pair.</summary>
    private static string? Read(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
