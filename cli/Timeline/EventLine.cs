using System.Text.Json;

using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;

namespace Mambo.Cli.Timeline;

/// <summary>An event in one line: when, which, about what, and the little that matters of it. An event of a kind this version does not know still has its line.</summary>
internal static class EventLine
{
    private const int TypeWidth = 25;

    private const int NumberWidth = 6;

    public static string Of(EventDocument item, Func<DateTimeOffset, string> time)
    {
        var body = item.Body;
        var subject = Text(body, "app") ?? Text(body, "name") ?? "";
        return $"{time(item.At)}  {$"#{item.Seq}".PadRight(NumberWidth)}  {item.Type.PadRight(TypeWidth)}  {string.Join("  ", new[] { subject, Summary(item.Type, body) }.Where(part => part.Length > 0))}".TrimEnd();
    }

    private static string Summary(string type, JsonElement body) => type switch
    {
        "deployment-accepted" => Join(Text(body, "deploymentId"), By(body, "requestedBy"), Text(body, "commit") is { } commit ? $"commit {commit}" : null),
        "deployment-step-completed" => Join($"{Number(body, "number")}/{Number(body, "of")} {Text(body, "step")}", Seconds(body)),
        "app-deployed" => Join($"release {Number(body, "release")}", Seconds(body), By(body, "requestedBy"), List(body, "urls"), Warnings(body)),
        "deployment-failed" => Join(Text(body, "reason"), Text(body, "step") is { } step ? $"in step {step}" : null, Text(body, "message")?.TrimEnd('.'), Number(body, "servingRelease") is { } serving ? $"release {serving} serves" : null),
        "deployment-rolled-back" => Join($"release {Number(body, "fromRelease")} to {Number(body, "toRelease")}", Seconds(body), By(body, "requestedBy")),
        "app-started" or "app-stopped" or "app-restarted" => Join($"release {Number(body, "release")}", Seconds(body), By(body, "requestedBy")),
        "app-removed" => Join($"release {Number(body, "release")}", Seconds(body), By(body, "requestedBy"), body.TryGetProperty("volumes", out var gone) && gone.ValueKind == JsonValueKind.True ? "with its volumes" : null, Warnings(body)),
        "app-locked" => Join(By(body, "requestedBy"), Text(body, "reason")?.TrimEnd('.'), Text(body, "endsAt") is { } until ? $"until {until}" : null),
        "app-unlocked" => Join(By(body, "requestedBy")),
        "preview-expired" => Join(Text(body, "previewOf") is { } of ? $"preview {Text(body, "preview")} of {of}" : null, Text(body, "expiredAt") is { } ended ? $"ended {ended}" : null),
        "deployment-superseded" => Join(Text(body, "deploymentId"), $"by {Text(body, "by")}"),
        "deployment-cancelled" => Join(Text(body, "deploymentId"), By(body, "cancelledBy"), Text(body, "reason")),
        "bundle-stored" => Join(Text(body, "digest") is { } digest ? digest[..Math.Min(digest.Length, 19)] : null, Size(body), By(body, "storedBy")),
        "alert-raised" or "alert-resolved" => Join(Text(body, "severity"), Text(body, "summary")),
        "alert-delivered" => Join(Text(body, "title"), Seconds(body)),
        "alert-delivery-failed" => Join(Text(body, "title"), Text(body, "message")),
        "alerts-silenced" => Join(By(body, "requestedBy"), Text(body, "reason"), Text(body, "endsAt") is { } end ? $"until {end}" : null),
        "message-parked" => Join(Text(body, "queue"), Text(body, "problem")),
        _ => Join(Text(body, "message")),
    };

    private static string Join(params string?[] parts) => string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));

    private static string? Text(JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Number(JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null;

    private static string? By(JsonElement body, string name) => Text(body, name) is { } who ? $"by {who}" : null;

    private static string? Seconds(JsonElement body) => body.TryGetProperty("seconds", out var value) && value.TryGetDouble(out var seconds) ? HumanTime.Seconds(seconds) : null;

    private static string? Size(JsonElement body) => body.TryGetProperty("size", out var value) && value.TryGetInt64(out var bytes) ? HumanSize.Of(bytes) : null;

    private static string? List(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? string.Join(' ', value.EnumerateArray().Select(item => item.ToString())) : null;

    private static string? Warnings(JsonElement body) =>
        body.TryGetProperty("warnings", out var value) && value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is > 0 and var count ? HumanSize.Count(count, "warning") : null;
}
