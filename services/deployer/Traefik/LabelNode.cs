using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Mambo.Deployer.Traefik;

/// <summary>One part of label names and what stands below it: <c>a.b[0].c=x</c> is <c>c</c> with the value x, below <c>[0]</c>, below <c>b</c>, below <c>a</c>.</summary>
/// <param name="name">The part, as the first label that has it writes it.</param>
/// <param name="field">That label, as the field of an error: <c>services.web.labels.traefik.http.…</c></param>
internal sealed class LabelNode(string name, string field)
{
    private readonly List<LabelNode> _children = [];

    public string Name { get; } = name;

    public string Field { get; private set; } = field;

    /// <summary>What the label says that ends here. Null: none does.</summary>
    public string? Value { get; private set; }

    public IReadOnlyList<LabelNode> Children => _children;

    /// <summary>The number of <c>[n]</c>. Null: the part is no index.</summary>
    public int? Index =>
        Name is ['[', .. var digits, ']'] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    /// <summary>Traefik reads names without regard to case.</summary>
    public LabelNode? Child(string name) => _children.Find(child => child.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Adds a label that ends at these parts below this one.</summary>
    /// <returns>What is wrong with it. Null: nothing.</returns>
    public string? Add(ReadOnlySpan<string> parts, string value, string field)
    {
        if (parts.IsEmpty)
        {
            if (Value is not null && Value != value)
                return $"{Field} says something else. Keep one of the two.";
            if (Value is null)
                (Value, Field) = (value, field);
            return null;
        }

        if (Child(parts[0]) is not { } child)
            _children.Add(child = new LabelNode(parts[0], field));
        return child.Add(parts[1..], value, field);
    }

    /// <summary>Takes a label's name apart.</summary>
    public static bool TrySplit(string label, [NotNullWhen(true)] out string[]? parts, [NotNullWhen(false)] out string? problem)
    {
        var read = new List<string>();
        (parts, problem) = (null, null);
        foreach (var word in label.Split('.'))
        {
            var bracket = word.IndexOf('[', StringComparison.Ordinal);
            if (word.Length == 0)
                problem = "It has two dots in a row, or ends with one.";
            else if (bracket == 0)
                problem = $"It has {word} without a name before it. Write name{word}.";
            else if (bracket > 0 && word.EndsWith(']'))
                read.AddRange([word[..bracket], word[bracket..]]);
            else
                read.Add(word);
        }

        parts = problem is null ? [.. read] : null;
        return parts is not null;
    }
}
