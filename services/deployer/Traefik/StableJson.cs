using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mambo.Deployer.Traefik;

/// <summary>
/// JSON that is also YAML and no Go template: keys sorted, LF, two blanks a level. Traefik runs every file through a template engine that can read its environment,
/// so no text may hold two opening braces; and YAML takes some characters only as escapes that JSON takes as they are.
/// </summary>
internal static class StableJson
{
    public static string Write(JsonNode node)
    {
        var text = new StringBuilder();
        Write(text, node, "\n");
        return text.Append('\n').ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, string line)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } group:
                Lines(text, '{', '}', line, group.OrderBy(member => member.Key, StringComparer.Ordinal), member =>
                {
                    Quote(text, member.Key);
                    text.Append(": ");
                    Write(text, member.Value, line + "  ");
                });
                break;
            case JsonArray { Count: > 0 } list:
                Lines(text, '[', ']', line, list, item => Write(text, item, line + "  "));
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                Quote(text, value.GetValue<string>());
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }

    private static void Lines<T>(StringBuilder text, char open, char close, string line, IEnumerable<T> items, Action<T> write)
    {
        text.Append(open);
        var first = true;
        foreach (var item in items)
        {
            text.Append(first ? "" : ",").Append(line).Append("  ");
            first = false;
            write(item);
        }

        text.Append(line).Append(close);
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var letter in value)
        {
            if (letter is '"' or '\\')
                text.Append('\\').Append(letter);
            else if (letter is < ' ' or '{' or (>= '\u007f' and <= '\u00a0') or '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff')
                text.Append("\\u").Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture));
            else
                text.Append(letter);
        }

        text.Append('"');
    }
}
