using System.Collections.Frozen;

namespace Mambo.Deployer.Traefik;

/// <summary>What a field of Traefik's dynamic configuration holds.</summary>
internal enum FieldKind
{
    Text,
    Flag,
    Number,

    /// <summary>A time as Go writes it, such as <c>1m30s</c>; a bare number is seconds.</summary>
    Time,

    /// <summary>Texts, by commas or by <c>[n]</c>.</summary>
    Texts,

    /// <summary>Fields of its own.</summary>
    Group,

    /// <summary>Several groups, by <c>[n]</c>.</summary>
    Groups,

    /// <summary>Texts by names of the author's choice, such as headers.</summary>
    TextMap,

    /// <summary>Numbers by names of the author's choice.</summary>
    NumberMap,

    /// <summary>Whatever a plugin wants.</summary>
    Anything,
}

/// <summary>One field of Traefik's dynamic configuration.</summary>
/// <param name="Name">As the configuration file writes it. Labels may use any case.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Refers">The section whose members it names, such as <c>middlewares</c>. Null: none.</param>
/// <param name="Stands">Groups only: it may be switched on by <c>=true</c>, with nothing below it.</param>
/// <param name="Fields">Fields of a group, by name in any case; otherwise empty.</param>
internal sealed record TraefikField(string Name, FieldKind Kind, string? Refers, bool Stands, FrozenDictionary<string, TraefikField> Fields)
{
    private static readonly char[] Blanks = [' ', '\n'];

    private static readonly FrozenDictionary<string, FieldKind> Kinds = new Dictionary<string, FieldKind>
    {
        ["text"] = FieldKind.Text,
        ["bool"] = FieldKind.Flag,
        ["int"] = FieldKind.Number,
        ["time"] = FieldKind.Time,
        ["list"] = FieldKind.Texts,
        ["map"] = FieldKind.TextMap,
        ["intmap"] = FieldKind.NumberMap,
        ["any"] = FieldKind.Anything,
    }.ToFrozenDictionary();

    /// <summary>
    /// Reads a table: fields parted by blanks, each <c>name</c> for a text, <c>name:kind</c> for another kind, <c>name@section</c> for a reference, <c>name{…}</c>
    /// for a group (<c>name?{…}</c> for one that may stand alone) or <c>name[]{…}</c> for a list of groups.
    /// </summary>
    public static TraefikField Group(string name, string table)
    {
        var spaced = table.Replace("}", " } ", StringComparison.Ordinal).Replace("{", "{ ", StringComparison.Ordinal);
        var words = new Queue<string>(spaced.Split(Blanks, StringSplitOptions.RemoveEmptyEntries));
        return new TraefikField(name, FieldKind.Group, null, false, ReadAll(words));
    }

    private static FrozenDictionary<string, TraefikField> ReadAll(Queue<string> words)
    {
        var fields = new List<TraefikField>();
        while (words.TryDequeue(out var word) && word != "}")
            fields.Add(Read(word, words));
        return fields.ToFrozenDictionary(field => field.Name, StringComparer.OrdinalIgnoreCase);
    }

    private static TraefikField Read(string word, Queue<string> words)
    {
        if (word.EndsWith('{'))
        {
            var kind = word.EndsWith("[]{", StringComparison.Ordinal) ? FieldKind.Groups : FieldKind.Group;
            return new TraefikField(word.TrimEnd('{', '[', ']', '?'), kind, null, word.EndsWith("?{", StringComparison.Ordinal), ReadAll(words));
        }

        var (typed, refers) = word.Split('@') is [var left, var section] ? (left, section) : (word, null);
        var (name, text) = typed.Split(':') is [var start, var end] ? (start, end) : (typed, "text");
        return new TraefikField(name, Kinds[text], refers, false, FrozenDictionary<string, TraefikField>.Empty);
    }
}
