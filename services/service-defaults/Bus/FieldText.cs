using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using Mambo.Contracts;
using Mambo.ServiceDefaults.Names;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>Says what a field holds and what belongs there. Pure.</summary>
internal static class FieldText
{
    public static string Wrong(JsonElement given, JsonTypeInfo shape) => $"{Found(given, shape)}. Write {Expected(shape)}.";

    private static string Found(JsonElement given, JsonTypeInfo shape) => given.ValueKind switch
    {
        JsonValueKind.String when shape.Kind == JsonTypeInfoKind.None && IsText(shape.Type) => $"{Quoted.Text(given.GetString()!)} is none",
        JsonValueKind.String => "It is text",
        JsonValueKind.Number => "It is a number",
        JsonValueKind.True or JsonValueKind.False => $"It is {given.GetRawText()}",
        JsonValueKind.Array => "It is a list",
        _ => "It is an object",
    };

    private static string Expected(JsonTypeInfo shape) => shape switch
    {
        { Kind: JsonTypeInfoKind.Dictionary } => "an object of names, each with its value",
        { Kind: JsonTypeInfoKind.Enumerable } => "a list",
        { Kind: JsonTypeInfoKind.Object } => "an object",
        { Type.IsEnum: true } => $"one of {string.Join(", ", Enum.GetValues(shape.Type).Cast<object>().Select(value => JsonSerializer.Serialize(value, WireJson.Options)))}",
        _ when shape.Type == typeof(string) => "text in quotes",
        _ when shape.Type == typeof(Guid) => "an id such as \"0197a3b2-0d3c-7c1e-9a52-3f1f6f0e8d11\"",
        _ when shape.Type == typeof(DateTimeOffset) => "a time such as \"2026-11-24T08:00:00Z\"",
        _ when shape.Type == typeof(Uri) => "an address such as \"https://shop.example\"",
        _ when shape.Type == typeof(bool) => "true or false",
        _ when shape.Type == typeof(double) => "a number",
        _ when shape.Type == typeof(int) || shape.Type == typeof(long) => "a whole number without quotes",
        _ => shape.Type.Name,
    };

    /// <summary>Types whose JSON is text, so that text which does not fit deserves to be shown.</summary>
    private static bool IsText(Type type) => type.IsEnum || type == typeof(Guid) || type == typeof(DateTimeOffset) || type == typeof(Uri);
}
