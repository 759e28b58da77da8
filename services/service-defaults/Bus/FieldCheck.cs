using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

using Mambo.Contracts;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>Compares JSON with the type it is to become, keeps what fits and reports what does not. Pure.</summary>
internal static class FieldCheck
{
    /// <summary>A copy of the object with only the fields that can be read.</summary>
    public static JsonObject Object(JsonElement given, JsonTypeInfo type, string path, FieldFaults faults)
    {
        var good = new JsonObject();
        foreach (var field in given.EnumerateObject())
        {
            var property = type.Properties.FirstOrDefault(property => property.Name.Equals(field.Name, StringComparison.OrdinalIgnoreCase));
            if (property is null)
                faults.Add(Join(path, Shown(field.Name)), Unknown(field.Name, type));
            else if (good.ContainsKey(property.Name))
                faults.Add(Join(path, property.Name), "It is given more than once. Write it once.");
            else if (Value(field.Value, property.PropertyType, Join(path, property.Name), faults) is { } value)
                good.Add(property.Name, value);
        }

        return good;
    }

    /// <summary>Null: there is nothing to read, because it is null or at fault.</summary>
    private static JsonNode? Value(JsonElement given, Type type, string path, FieldFaults faults)
    {
        if (given.ValueKind == JsonValueKind.Null)
            return null;

        var shape = WireJson.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        switch (shape.Kind, given.ValueKind)
        {
            case (JsonTypeInfoKind.Object, JsonValueKind.Object):
                return Object(given, shape, path, faults);
            case (JsonTypeInfoKind.Dictionary, JsonValueKind.Object):
                return Entries(given, shape.ElementType!, path, faults);
            case (JsonTypeInfoKind.Enumerable, JsonValueKind.Array):
                return Elements(given, shape.ElementType!, path, faults);
            case (JsonTypeInfoKind.None, not (JsonValueKind.Object or JsonValueKind.Array)) when Reads(given, shape):
                return JsonNode.Parse(given.GetRawText());
            default:
                faults.Add(path, FieldText.Wrong(given, shape));
                return null;
        }
    }

    private static JsonObject Entries(JsonElement given, Type type, string path, FieldFaults faults)
    {
        var good = new JsonObject();
        foreach (var entry in given.EnumerateObject())
        {
            if (good.ContainsKey(entry.Name))
                faults.Add(Join(path, Shown(entry.Name)), "It is given more than once. Write it once.");
            else if (Value(entry.Value, type, Join(path, Shown(entry.Name)), faults) is { } value)
                good.Add(entry.Name, value);
        }

        return good;
    }

    private static JsonArray Elements(JsonElement given, Type type, string path, FieldFaults faults)
    {
        var good = new JsonArray();
        foreach (var (index, element) in given.EnumerateArray().Index())
        {
            if (Value(element, type, $"{path}[{index}]", faults) is { } value)
                good.Add(value);
        }

        return good;
    }

    private static bool Reads(JsonElement given, JsonTypeInfo shape)
    {
        try
        {
            given.Deserialize(shape);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Unknown(string name, JsonTypeInfo type)
    {
        var names = type.Properties.Select(property => property.Name).Order(StringComparer.Ordinal).ToList();
        return name.Length <= 100 && NearestName.Find(name, names) is { } near
            ? $"There is no such field. Did you mean {near}?"
            : $"There is no such field. The fields are {string.Join(", ", names)}.";
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>A stranger's name inside a path of ours.</summary>
    private static string Shown(string name) => Quoted.Text(name)[1..^1];
}
