using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

using Mambo.AlertRelay.Notifications;
using Mambo.Contracts;

namespace Mambo.AlertRelay.Ntfy;

/// <summary>A notification as ntfy takes it: JSON for the server's root, within the limits of the whole.</summary>
internal static class NtfyBody
{
    /// <summary>The largest body, in bytes: less than twice the server's message size limit, which it no longer reads.</summary>
    public const int Largest = 8191;

    private const int LongestTags = 511;
    private const int LongestClick = 1024;

    /// <param name="topic">The topic.</param>
    /// <param name="id">The notification's id. The same id is the same message: a client shows it once.</param>
    /// <param name="notification">What to tell.</param>
    public static byte[] Of(string topic, Guid id, Notification notification)
    {
        var fields = new Fields
        {
            Topic = topic,
            Title = notification.Title,
            Priority = (int)notification.Priority,
            Tags = Fitting(notification.Tags),
            Click = notification.Click is { } click && click.AbsoluteUri.Length <= LongestClick ? click.AbsoluteUri : null,
            SequenceId = id.ToString(),
        };
        // Quotes and line breaks cost two bytes in JSON: a message within its own limit can still break that of the whole.
        var room = Largest - JsonSerializer.SerializeToUtf8Bytes(fields, WireJson.Options).Length;
        return JsonSerializer.SerializeToUtf8Bytes(fields with { Message = PlainText.Cut(notification.Body, room, CostInJson) }, WireJson.Options);
    }

    private static IReadOnlyList<string> Fitting(IReadOnlyList<string> tags)
    {
        var room = LongestTags;
        return [.. tags.TakeWhile(tag => (room -= PlainText.Bytes(tag) + 1) >= 0)];
    }

    private static int CostInJson(Rune rune) => (WireJson.Options.Encoder!.WillEncode(rune.Value), rune.Value) switch
    {
        (false, _) => rune.Utf8SequenceLength,
        (true, '"' or '\\' or '\n') => 2,
        _ => 6 * rune.Utf16SequenceLength,
    };

    private sealed record Fields
    {
        public string Topic { get; init; } = "";

        public string Title { get; init; } = "";

        public string Message { get; init; } = "";

        public int Priority { get; init; }

        public IReadOnlyList<string> Tags { get; init; } = [];

        public string? Click { get; init; }

        [JsonPropertyName("sequence_id")]
        public string SequenceId { get; init; } = "";
    }
}
