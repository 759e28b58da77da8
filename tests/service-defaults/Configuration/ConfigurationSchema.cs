using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using Mambo.ServiceDefaults.Configuration;

namespace Mambo.ServiceDefaults.Tests.Configuration;

/// <summary>
/// The JSON schema of <c>mambo.yml</c>, for editors: draft 7, the one their YAML support knows best. What it accepts, the loader accepts; the loader is more generous
/// (numbers in quotes, any case of a word) and stricter where a pattern cannot say it (times longer than 49 days).
/// </summary>
internal static partial class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of <c>mambo.schema.json</c>.</summary>
    public static string Text => $"{Create().ToJsonString(Readable)}\n";

    private static JsonObject Create() => new()
    {
        ["$schema"] = "http://json-schema.org/draft-07/schema#",
        ["title"] = "mambo.yml",
        ["description"] = "The configuration of Mambo Platform. Every key may be left out.",
        ["type"] = new JsonArray("object", "null"),
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(typeof(MamboOptions).GetProperties().Select(section => KeyValuePair.Create(OptionDefinition.CamelCase(section.Name), (JsonNode?)new JsonObject
        {
            ["description"] = DocumentationComments.Of(section, value => value),
            ["type"] = new JsonArray("object", "null"),
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(
            [
                .. OptionDefinition.All.Where(option => option.Section == section).Select(option => KeyValuePair.Create(option.Name, (JsonNode?)Of(option))),
                .. OptionEntry.PropertiesOf(section).Select(property => KeyValuePair.Create(OptionDefinition.CamelCase(property.Name), (JsonNode?)EntriesOf(section, property))),
            ]),
        }))),
    };

    private static JsonObject EntriesOf(PropertyInfo section, PropertyInfo property)
    {
        var options = new OptionEntry(property, "name").Options(section);
        return new JsonObject
        {
            ["description"] = DocumentationComments.OfEntries(property, value => value),
            ["type"] = new JsonArray("object", "null"),
            ["propertyNames"] = new JsonObject { ["pattern"] = "^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$" },
            ["additionalProperties"] = new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = false,
                ["required"] = new JsonArray([.. options.Where(IsNeeded).Select(option => (JsonNode)option.Name)]),
                ["properties"] = new JsonObject(options.Select(option => KeyValuePair.Create(option.Name, (JsonNode?)Of(option)))),
            },
        };
    }

    private static bool IsNeeded(OptionDefinition option) => option.Default is null && option.Rules.OfType<RequiredAttribute>().Any();

    private static JsonObject Of(OptionDefinition option)
    {
        var schema = new JsonObject { ["description"] = DocumentationComments.Of(option, value => value) };
        if (OptionText.Format(option, option.Default) is { } value)
            schema["default"] = option switch
            {
                { IsList: true } => new JsonArray([.. ((IReadOnlyList<string>)option.Default!).Select(item => (JsonNode)item)]),
                { Type: var type } when type == typeof(int) => int.Parse(value, CultureInfo.InvariantCulture),
                { Type: var type } when type == typeof(bool) => bool.Parse(value),
                _ => value,
            };

        // A key without a value is a key left at its default.
        switch (option)
        {
            case { Type.IsEnum: true }:
                schema["enum"] = new JsonArray([.. OptionText.Choices(option.Type).Select(choice => (JsonNode)choice), null]);
                break;
            case { IsByteSize: true }:
                schema["type"] = new JsonArray("integer", "string", "null");
                AddRange(schema, option);
                schema["pattern"] = WithoutNames(ByteSize.Expression);
                break;
            case { Type: var type } when type == typeof(int) || type == typeof(long):
                schema["type"] = new JsonArray("integer", "null");
                AddRange(schema, option);
                break;
            case { Type: var type } when type == typeof(bool):
                schema["type"] = new JsonArray("boolean", "null");
                break;
            case { IsList: true }:
                schema["type"] = new JsonArray("array", "string", "null");
                schema["items"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") };
                break;
            default:
                schema["type"] = new JsonArray("string", "null");
                if (Pattern(option) is { } pattern)
                    schema["pattern"] = pattern;
                break;
        }

        return schema;
    }

    private static void AddRange(JsonObject schema, OptionDefinition option)
    {
        if (option.Rules.OfType<RangeAttribute>().SingleOrDefault() is not { } range)
            return;
        schema["minimum"] = Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture);
        schema["maximum"] = Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture);
    }

    private static string? Pattern(OptionDefinition option) => option switch
    {
        { MayBeZero: true } => $"^0s$|{WithoutNames(Duration.Expression)}",
        { Type: var type } when type == typeof(TimeSpan) => WithoutNames(Duration.Expression),
        { Type: var type } when type == typeof(Uri) => "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\\s]+([/?#].*)?$",
        _ when option.Rules.OfType<ListenAddressAttribute>().Any() => @"^(localhost|\*|([0-9]{1,3}\.){3}[0-9]{1,3}|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$",
        _ when option.Rules.OfType<RegularExpressionAttribute>().SingleOrDefault() is { } rule => rule.Pattern,
        _ when option.Rules.OfType<RequiredAttribute>().Any() => @"\S",
        _ => null,
    };

    /// <summary>Not every editor's regular expressions know named groups.</summary>
    private static string WithoutNames(string expression) => GroupName().Replace(expression, "(?:");

    [GeneratedRegex(@"\(\?<[a-z]+>")]
    private static partial Regex GroupName();
}
