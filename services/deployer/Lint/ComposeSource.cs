using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Configuration;

using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mambo.Deployer.Lint;

/// <summary>
/// Looks at compose files before compose does. Compose reads whatever <c>include</c>, <c>extends</c> and <c>env_file</c> name, fetches it from the network if it is an address,
/// and does not say afterwards where a value came from.
/// </summary>
internal sealed class ComposeSource
{
    private const int MostFiles = 50;

    private readonly string _bundle;
    private readonly AppPermissions _allowed;
    private readonly List<FieldError> _faults = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    private ComposeSource(string bundle, AppPermissions allowed) => (_bundle, _allowed) = (bundle, allowed);

    /// <summary>Everything about a compose file, and those it draws in, for which compose must not be run. Empty: nothing.</summary>
    public static IReadOnlyList<FieldError> Check(string bundle, string composeFile, AppPermissions allowed)
    {
        var source = new ComposeSource(bundle, allowed);
        source.Read(Path.Combine(bundle, composeFile), bundle);
        return source._faults;
    }

    private void Read(string path, string folder)
    {
        var name = Path.GetRelativePath(_bundle, path);
        if (!_seen.Add($"{path}\n{folder}") || !File.Exists(path))
            return;
        if (_seen.Count > MostFiles)
        {
            Fault(name, $"More than {MostFiles} files are drawn in by include and extends.");
            return;
        }

        if (new FileInfo(path).Length is var size && size > YamlBounds.MostBytes)
        {
            Fault(name, $"It has {size:#,0} bytes; a compose file may have {YamlBounds.MostBytes:#,0}.");
            return;
        }

        try
        {
            var text = File.ReadAllText(path);
            if (YamlBounds.Excess(text) is { } excess)
            {
                Fault(name, excess);
                return;
            }

            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            foreach (var document in yaml.Documents)
                Walk(document.RootNode, name, folder);
        }
        catch (YamlException error)
        {
            Fault(name, $"It is not valid YAML, line {error.Start.Line}: {error.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>Every mapping counts wherever it is: merged into a service by an alias, it is one of its.</summary>
    private void Walk(YamlNode root, string file, string folder)
    {
        foreach (var mapping in root.AllNodes.OfType<YamlMappingNode>().Distinct(ReferenceEqualityComparer.Instance).Cast<YamlMappingNode>())
        {
            foreach (var (key, value) in mapping.Children)
            {
                switch ((key as YamlScalarNode)?.Value)
                {
                    case "env_file" or "label_file":
                        foreach (var path in Paths(value, "path"))
                            _ = Inside(path, $"{file}: {key}", folder);
                        break;
                    case "extends" when value is YamlMappingNode:
                        Draw(Paths(value, "file"), $"{file}: extends", folder, folder: null);
                        break;
                    case "include" when ReferenceEquals(mapping, root):
                        foreach (var entry in value is YamlSequenceNode entries ? entries.Children : [value])
                            Draw(Paths(entry, "path"), $"{file}: include", folder, Paths(entry, "project_directory").FirstOrDefault());
                        break;
                }
            }
        }
    }

    private void Draw(IEnumerable<string> paths, string field, string from, string? folder)
    {
        var directory = folder is null ? null : Inside(folder, field, from);
        if (folder is not null && directory is null)
            return;
        foreach (var path in paths.Select(path => Inside(path, field, from)).OfType<string>())
            Read(path, directory ?? Path.GetDirectoryName(path)!);
    }

    /// <summary>The full path. Null: it cannot be known, or may not be read.</summary>
    private string? Inside(string path, string field, string folder)
    {
        if (path.Contains('$'))
            Fault(field, $"\"{path}\" has a variable in it, so where it leads is not known. Write the path out.");
        else if (path.Contains("://", StringComparison.Ordinal) || path.StartsWith("git@", StringComparison.Ordinal) || path.StartsWith("github.com/", StringComparison.Ordinal)
            || path.StartsWith("oci:", StringComparison.Ordinal) || path.StartsWith('~'))
            Fault(field, $"\"{path}\" is not a path in the bundle. Put the file into the bundle.");
        else if (Path.GetFullPath(path, folder) is var full && !BundlePath.IsInside(_bundle, full) && !_allowed.AllowsPath(full))
            Fault(field, $"\"{path}\" leaves the bundle. Put the file into the bundle, or let the app have it: deployer.apps.<app>.hostPaths.");
        else
            return Path.GetFullPath(path, folder);
        return null;
    }

    /// <summary>Paths in a text, a list of texts, or mappings with this key.</summary>
    private static IEnumerable<string> Paths(YamlNode node, string key) => node switch
    {
        YamlScalarNode { Value: { Length: > 0 } text } when key is "path" => [text],
        YamlSequenceNode list => list.Children.SelectMany(item => Paths(item, key)),
        YamlMappingNode mapping => mapping.Children.Where(child => (child.Key as YamlScalarNode)?.Value == key).SelectMany(child => Paths(child.Value, "path")),
        _ => [],
    };

    private void Fault(string field, string problem) => _faults.Add(new FieldError(field, problem));
}
