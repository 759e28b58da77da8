using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Mambo.Deployer.Lint;

/// <summary>
/// Measures YAML without building anything: how much it is once every alias stands for what it names. Compose writes all of that out, so ten short lines of nested aliases
/// would take all the memory of the host.
/// </summary>
internal static class YamlBounds
{
    /// <summary>Largest file, in bytes.</summary>
    public const int MostBytes = 1024 * 1024;

    private const int MostNodes = 100_000;
    private const int MostDepth = 100;

    /// <summary>What is too much. Null: nothing.</summary>
    /// <exception cref="YamlException">It is no YAML.</exception>
    public static string? Excess(string text)
    {
        var parser = new Parser(new StringReader(text));
        var sizes = new Dictionary<AnchorName, long>();
        var open = new Stack<(AnchorName Anchor, long Nodes)>([(AnchorName.Empty, 0)]);
        while (parser.MoveNext())
        {
            switch (parser.Current)
            {
                case Scalar scalar:
                    Close(scalar.Anchor, 1);
                    break;
                case AnchorAlias alias when sizes.TryGetValue(alias.Value, out var size):
                    Close(AnchorName.Empty, size);
                    break;
                case AnchorAlias alias:
                    return $"The alias *{alias.Value} stands for itself or for nothing.";
                case MappingStart or SequenceStart:
                    open.Push((((NodeEvent)parser.Current).Anchor, 1));
                    break;
                case MappingEnd or SequenceEnd:
                    var (anchor, nodes) = open.Pop();
                    Close(anchor, nodes);
                    break;
            }

            if (open.Count > MostDepth)
                return $"It nests deeper than {MostDepth} levels.";
            if (open.Peek().Nodes > MostNodes)
                return $"It is more than {MostNodes:#,0} values once its aliases are written out.";
        }

        return null;

        void Close(AnchorName anchor, long nodes)
        {
            if (!anchor.IsEmpty)
                sizes[anchor] = nodes;
            var (name, before) = open.Pop();
            open.Push((name, before + nodes));
        }
    }
}
