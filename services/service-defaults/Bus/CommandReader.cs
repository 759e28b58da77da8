using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

using Mambo.Contracts;
using Mambo.Contracts.Deployments;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>
/// Reads a command leniently: a field that is not what it should be is left unset and reported, so that its sender is answered with every fault at once.
/// Only what is no JSON object at all cannot be answered.
/// </summary>
internal static class CommandReader
{
    private static readonly JsonSerializerOptions Strict = MakeStrict();

    /// <exception cref="UnreadableMessageException">It is no JSON object in UTF-8, or too large.</exception>
    public static (TCommand Command, IReadOnlyList<FieldError> Faults) Read<TCommand>(ReadOnlyMemory<byte> body)
        where TCommand : Command
    {
        RequireObject(body.Span);
        try
        {
            return (JsonSerializer.Deserialize<TCommand>(WithoutMark(body).Span, Strict)!, []);
        }
        catch (JsonException)
        {
            // Some field is at fault. Which, and how many, takes a second look that good messages need not pay for.
        }

        using var document = JsonDocument.Parse(WithoutMark(body));
        var faults = new FieldFaults();
        var good = FieldCheck.Object(document.RootElement, WireJson.Options.GetTypeInfo(typeof(TCommand)), path: "", faults);
        return (good.Deserialize<TCommand>(WireJson.Options)!, faults.Found);
    }

    /// <summary>One pass, nothing allocated.</summary>
    /// <exception cref="UnreadableMessageException">It is no JSON object in UTF-8, or too large.</exception>
    public static void RequireObject(ReadOnlySpan<byte> body)
    {
        if (body.Length > WireMessage.LargestBody)
            throw new UnreadableMessageException($"It has {body.Length:N0} bytes; the largest message has {WireMessage.LargestBody:N0}.");
        if (!Utf8.IsValid(body))
            throw new UnreadableMessageException("It is not valid UTF-8.");
        try
        {
            var json = new Utf8JsonReader(WithoutMark(body));
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                throw new UnreadableMessageException("It is JSON but no object.");
            json.Skip();
            // Anything after the object's end throws.
            json.Read();
        }
        catch (JsonException fault)
        {
            throw new UnreadableMessageException($"It is no JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.", fault);
        }
    }

    private static JsonSerializerOptions MakeStrict()
    {
        var options = new JsonSerializerOptions(WireJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>Some clients put a byte order mark first.</summary>
    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> body) => body.StartsWith("\uFEFF"u8) ? body[3..] : body;

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
}
