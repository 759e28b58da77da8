using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Deployer.Traefik;

/// <summary>Gives labels the types of the dynamic configuration. What does not fit becomes a fault that names the label.</summary>
/// <param name="declared">Names of the members of a section.</param>
/// <param name="faults">Where faults go.</param>
internal sealed partial class LabelValues(Func<string, IReadOnlyCollection<string>> declared, List<FieldError> faults)
{
    /// <returns>Null: it is faulty, or switched off by <c>=false</c>.</returns>
    public JsonNode? Read(LabelNode node, TraefikField field) => field.Kind switch
    {
        FieldKind.Group => Group(node, field),
        FieldKind.Groups => Indexed(node, field, child => Group(child, field)),
        FieldKind.Texts => Texts(node, field),
        FieldKind.TextMap => Map(node, field, child => child.Value),
        FieldKind.NumberMap => Map(node, field, Number),
        FieldKind.Anything => Anything(node),
        _ when node.Children is [var below, ..] => Fault(below, $"{field.Name} is a single value; nothing stands below it."),
        FieldKind.Flag => Flag(node.Value!) is { } flag ? flag : Fault(node, $"{Quoted.Text(node.Value!)} is neither true nor false."),
        FieldKind.Number => Number(node),
        FieldKind.Time => Time(node),
        _ => field.Refers is null ? node.Value : Reference(node, node.Value!, field.Refers),
    };

    /// <summary>True and false as Go reads them.</summary>
    public static bool? Flag(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };

    private JsonObject? Group(LabelNode node, TraefikField field)
    {
        if (node.Value is { } value && !field.Stands)
            return Fault<JsonObject>(node, $"{field.Name} has no value of its own. Below it stand {Names(field)}.");
        var on = node.Value is null or "" ? true : Flag(node.Value);
        if (on is null)
            return Fault<JsonObject>(node, $"{Quoted.Text(node.Value!)} is neither true nor false.");

        var group = new JsonObject();
        foreach (var child in node.Children)
        {
            if (!field.Fields.TryGetValue(child.Name, out var known))
                Fault(child, $"{field.Name} has no {child.Name}. It has {Names(field)}.");
            else if (Read(child, known) is { } read)
                group[known.Name] = read;
        }

        // Traefik refuses a whole file for an empty group that may not be empty.
        return on == false || (group.Count == 0 && !field.Stands) ? null : group;
    }

    private JsonArray? Indexed(LabelNode node, TraefikField field, Func<LabelNode, JsonNode?> read)
    {
        if (node.Value is not null)
            return Fault<JsonArray>(node, $"{field.Name} is a list. Write {field.Name}[0], {field.Name}[1] and so on.");
        foreach (var child in node.Children.Where(child => child.Index is null))
            Fault(child, $"{field.Name} is a list. Write {field.Name}[0], {field.Name}[1] and so on where it has {child.Name}.");
        List<JsonNode?> items = [.. node.Children.Where(child => child.Index is not null).OrderBy(child => child.Index).Select(read).Where(item => item is not null)];
        return items.Count == 0 ? null : [.. items];
    }

    private JsonArray? Texts(LabelNode node, TraefikField field)
    {
        if (node.Children.Count > 0)
            return Indexed(node, field, child => child.Children is [var below, ..] ? Fault(below, $"{field.Name} is a list of texts; nothing stands below one.") : Item(child, child.Value!));
        var texts = node.Value!.Length == 0 ? [] : node.Value.Split(',', StringSplitOptions.TrimEntries);
        return [.. texts.Select(text => Item(node, text)).Where(item => item is not null)];

        JsonNode? Item(LabelNode label, string text) => field.Refers is null ? text : Reference(label, text, field.Refers);
    }

    private JsonObject? Map(LabelNode node, TraefikField field, Func<LabelNode, JsonNode?> read)
    {
        if (node.Value is not null)
            return Fault<JsonObject>(node, $"{field.Name} needs a name. Write {field.Name}.<name>=<value>.");
        var map = new JsonObject();
        foreach (var child in node.Children)
        {
            if (child.Children is [var below, ..])
                Fault(below, $"{field.Name}.{child.Name} is a single value; nothing stands below it.");
            else if (read(child) is { } value)
                map[child.Name] = value;
        }

        return map.Count == 0 ? null : map;
    }

    private static JsonNode? Anything(LabelNode node) => node.Children switch
    {
        [] => node.Value,
        [{ Index: not null }, ..] => new JsonArray([.. node.Children.OrderBy(child => child.Index).Select(Anything)]),
        _ => new JsonObject(node.Children.Select(child => KeyValuePair.Create(child.Name, Anything(child)))),
    };

    private JsonNode? Number(LabelNode node) => long.TryParse(node.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number
        : Fault(node, $"{Quoted.Text(node.Value!)} is no whole number.");

    private JsonNode? Time(LabelNode node) => node.Value! switch
    {
        var seconds when long.TryParse(seconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) => string.Create(CultureInfo.InvariantCulture, $"{count}s"),
        var time when GoTime().IsMatch(time) => time,
        var other => Fault(node, $"{Quoted.Text(other)} is no time. Write one such as 500ms, 10s or 1m30s."),
    };

    /// <summary>A member of the same app under its declared name, without provider; a member of another provider as it is.</summary>
    private JsonNode? Reference(LabelNode node, string text, string section)
    {
        var (name, provider) = text.Split('@', 2) is [var left, var right] ? (left, right) : (text, "docker");
        if (provider == "internal")
            return Fault(node, $"{Quoted.Text(text)} is Traefik itself, which is not for apps to show. Remove it.");
        if (provider.Length > 0 && provider != "docker")
            return text;

        var known = declared(section);
        if (known.FirstOrDefault(member => member.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } member)
            return member;
        var remedy = known.Count == 0
            ? $"The app declares no {section}. Declare it by traefik.http.{section}.<name>.…, or name one of a file as name@file."
            : $"Declared are {string.Join(", ", known.Order(StringComparer.Ordinal))}; one of a file is named as name@file.";
        return Fault(node, $"{Quoted.Text(text)} is not declared. {remedy}");
    }

    private static string Names(TraefikField field) => string.Join(", ", field.Fields.Keys.Order(StringComparer.OrdinalIgnoreCase));

    private JsonNode? Fault(LabelNode node, string problem) => Fault<JsonNode>(node, problem);

    private T? Fault<T>(LabelNode node, string problem)
        where T : JsonNode
    {
        faults.Add(new FieldError(node.Field, problem));
        return null;
    }

    [GeneratedRegex(@"\A[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))*\z", RegexOptions.CultureInvariant)]
    private static partial Regex GoTime();
}
