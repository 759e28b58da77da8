using System.Globalization;

namespace Mambo.Cli.Logs;

/// <summary>A line a container printed.</summary>
/// <param name="Container">Who printed it.</param>
/// <param name="At">When, as the engine writes it: UTC with nine digits after the seconds, so that text order is time order.</param>
/// <param name="Text">What.</param>
internal sealed record LogLine(EngineContainer Container, string At, string Text)
{
    private const int StampLength = 30;

    /// <summary>Text as the engine hands it out with timestamps. A line without one, which only a broken engine sends, stays as it is.</summary>
    public static LogLine Parse(EngineContainer container, string text) => text.Length >= StampLength && text[StampLength - 1] == 'Z'
        ? new LogLine(container, text[..StampLength], text.Length > StampLength ? text[(StampLength + 1)..] : "")
        : new LogLine(container, "", text);

    /// <summary>The moment after this line, as the engine wants it in a query. Null: unknown.</summary>
    public string? Next()
    {
        if (!DateTimeOffset.TryParseExact(At[..Math.Min(At.Length, 19)], "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var second))
            return null;
        var nanoseconds = int.Parse(At.AsSpan(20, 9), NumberStyles.None, CultureInfo.InvariantCulture) + 1;
        return $"{second.ToUnixTimeSeconds() + (nanoseconds / 1_000_000_000)}.{nanoseconds % 1_000_000_000:000000000}";
    }
}
