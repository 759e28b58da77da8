using System.Globalization;

namespace Mambo.Cli.Terminal;

/// <summary>Times and spans for people.</summary>
internal static class HumanTime
{
    /// <summary><c>2026-11-25 03:40:07 UTC</c>, and the person's own time where the zone differs: <c>(04:40:07 here)</c>.</summary>
    public static string Of(DateTimeOffset at, TimeZoneInfo zone)
    {
        var utc = at.ToUniversalTime();
        var here = TimeZoneInfo.ConvertTime(at, zone);
        var text = utc.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        if (here.Offset == TimeSpan.Zero)
            return text;
        var format = here.Date == utc.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss";
        return $"{text} ({here.ToString(format, CultureInfo.InvariantCulture)} here)";
    }

    /// <summary><c>0.3 s</c>, <c>12.0 s</c>, <c>2 min 5 s</c>, <c>3 h 20 min</c>.</summary>
    public static string Of(TimeSpan span) => Math.Round(span.TotalSeconds, 1) < 60
        ? $"{span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s"
        : Long(TimeSpan.FromSeconds(Math.Round(span.TotalSeconds)));

    private static string Long(TimeSpan span) => span switch
    {
        _ when span < TimeSpan.FromHours(1) => $"{(int)span.TotalMinutes} min {span.Seconds} s",
        _ => $"{(int)span.TotalHours} h {span.Minutes} min",
    };

    /// <summary>As <see cref="Of(TimeSpan)"/>.</summary>
    public static string Seconds(double seconds) => Of(TimeSpan.FromSeconds(seconds));

    /// <summary>Reads <c>90s</c>, <c>15m</c>, <c>2h</c>.</summary>
    public static bool TryParse(string text, out TimeSpan span)
    {
        span = TimeSpan.Zero;
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is 0 or > 100_000)
            return false;
        span = text[^1] switch { 's' => TimeSpan.FromSeconds(count), 'm' => TimeSpan.FromMinutes(count), 'h' => TimeSpan.FromHours(count), _ => TimeSpan.Zero };
        return span > TimeSpan.Zero && span <= TimeSpan.FromDays(7);
    }
}
