using System.Text.Json;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Backoffice.Http;

/// <summary>Reads the fields of a JSON body and gathers every fault of them: not JSON, wrong type, given twice, not known. <c>null</c> counts as unset.</summary>
internal sealed class JsonFields
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly List<FieldError> _errors;

    /// <param name="body">The bytes of the body.</param>
    /// <param name="example">A good body, for the remedy.</param>
    /// <param name="known">The fields there are.</param>
    /// <param name="errors">Where faults go.</param>
    public JsonFields(ReadOnlyMemory<byte> body, string example, IReadOnlyList<string> known, List<FieldError> errors)
    {
        _errors = errors;
        if (Parse(body, example) is not { } root)
            return;
        foreach (var field in root.EnumerateObject())
        {
            var name = NameOf(field);
            if (!known.Contains(name))
                Add(Plain(name), $"There is no such field. There are: {string.Join(", ", known)}.");
            else if (!_fields.TryAdd(name, field.Value))
                Add(name, "It is given more than once.");
        }
    }

    /// <summary>The body was a JSON object.</summary>
    public bool IsObject { get; private set; }

    public string? Text(string name)
    {
        if (!Has(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String && TryText(value) is { } text)
            return text;
        Add(name, "It must be text.");
        return null;
    }

    /// <summary>Text of a limited length, in one line.</summary>
    public string? Line(string name, int longest)
    {
        if (Text(name) is not { } text)
            return null;
        if (text.Length > longest)
            Add(name, $"It has {text.Length} characters. Write at most {longest}.");
        if (text.Any(char.IsControl))
            Add(name, "It has control characters, such as a line break. Write one line of text.");
        return text;
    }

    /// <summary>A whole number within bounds.</summary>
    public long? Number(string name, long smallest, long largest)
    {
        if (!Has(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= smallest && number <= largest)
            return number;
        Add(name, $"It must be a whole number from {smallest} to {largest}.");
        return null;
    }

    public bool? Flag(string name)
    {
        if (!Has(name, out var value))
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Add(name, "It must be true or false.");
        return null;
    }

    /// <summary>Texts by name.</summary>
    public IReadOnlyDictionary<string, string>? Texts(string name, string remedy)
    {
        if (!Has(name, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Object)
        {
            Add(name, remedy);
            return null;
        }

        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in value.EnumerateObject())
        {
            var key = NameOf(entry);
            if (entry.Value.ValueKind != JsonValueKind.String || TryText(entry.Value) is not { } text)
                Add($"{name}.{Plain(key)}", "It must be text.");
            else if (!texts.TryAdd(key, text))
                Add($"{name}.{Plain(key)}", "It is given more than once.");
        }

        return texts;
    }

    public void Add(string field, string problem) => _errors.Add(new FieldError(field, problem));

    /// <summary>A stranger's name as part of a field's name in an error.</summary>
    public static string Plain(string name) => Quoted.Text(name)[1..^1];

    private bool Has(string name, out JsonElement value) => _fields.TryGetValue(name, out value) && value.ValueKind != JsonValueKind.Null;

    private JsonElement? Parse(ReadOnlyMemory<byte> body, string example)
    {
        try
        {
            var root = JsonElement.Parse(body.Span);
            IsObject = root.ValueKind == JsonValueKind.Object;
            if (IsObject)
                return root;
            Add("body", $"It must be a JSON object, such as {example}.");
        }
        catch (JsonException fault)
        {
            Add("body", body.IsEmpty
                ? $"It is missing. Write a JSON object, such as {example}."
                : $"It is not JSON (line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}). Write a JSON object, such as {example}.");
        }

        return null;
    }

    /// <summary>Null for an escaped half of a surrogate pair: JSON takes it, but it is no text.</summary>
    private static string? TryText(JsonElement value)
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

    private static string NameOf(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            return "?";
        }
    }
}
