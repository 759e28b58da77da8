using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Reads <c>mambo.yml</c>: sections of values, lists and entries by name. Whatever cannot be a setting becomes a fault with its line.</summary>
internal static partial class YamlSettings
{
    private const string FileName = "mambo.yml";

    public static IEnumerable<Setting> Read(string text, ICollection<ConfigurationFault> faults)
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents switch
            {
                [] => [],
                [{ RootNode: YamlScalarNode { Value: null or "" } }] => [],
                [{ RootNode: YamlMappingNode root }] => [.. Sections(root, faults)],
                [var other] => NotSections(Line(other.RootNode)),
                [_, var second, ..] => NotSections(Line(second.RootNode)),
            };
        }
        catch (YamlException error)
        {
            faults.Add(new ConfigurationFault(FileName, $"line {LineOf(error, text)}", $"it is not valid YAML: {error.Message.TrimEnd('.')}", "Indent keys with spaces, and put quotes around a text with : or # in it."));
            return [];
        }

        IEnumerable<Setting> NotSections(long line)
        {
            faults.Add(new ConfigurationFault(FileName, $"line {line}", "it must be one document of sections", "Write for example \"platform:\" and below it, indented, \"name: mambo\"."));
            return [];
        }
    }

    /// <summary>The parser reports a tab one line too early, and a text that stops too soon after its last line.</summary>
    private static long LineOf(YamlException error, string text)
    {
        var lines = text.TrimEnd().Split('\n');
        var tab = Array.FindIndex(lines, line => line.TrimStart(' ').StartsWith('\t'));
        return tab >= 0 ? tab + 1 : Math.Min(error.End.Line, lines.Length);
    }

    private static IEnumerable<Setting> Sections(YamlMappingNode root, ICollection<ConfigurationFault> faults)
    {
        foreach (var (key, value) in root.Children)
        {
            var section = Text(key);
            var options = OptionDefinition.All.Where(option => option.SectionName == section).ToList();
            if (options.Count == 0)
                faults.Add(UnknownKeys.Section(section, Origin(key)));
            else if (value is YamlMappingNode values)
            {
                foreach (var setting in Values(section, options, values, faults))
                    yield return setting;
            }
            else if (!IsEmpty(value))
                faults.Add(new ConfigurationFault(section, Origin(value), "it is a section, not a value", $"Write its keys below it, indented: {string.Join(", ", options.Select(option => option.Name))}."));
        }
    }

    private static IEnumerable<Setting> Values(string section, List<OptionDefinition> options, YamlMappingNode values, ICollection<ConfigurationFault> faults)
    {
        var holders = OptionEntry.PropertiesOf(options[0].Section).ToDictionary(property => OptionDefinition.CamelCase(property.Name));
        foreach (var (key, value) in values.Children)
        {
            var name = Text(key);
            if (options.Find(option => option.Name == name) is { } option)
            {
                if (Value(option, value, faults) is { } setting)
                    yield return setting;
            }
            else if (!holders.TryGetValue(name, out var holder))
                faults.Add(UnknownKeys.Key(section, name, Origin(key)));
            else
            {
                foreach (var setting in Entries($"{section}.{name}", options[0].Section, holder, value, faults))
                    yield return setting;
            }
        }
    }

    private static Setting? Value(OptionDefinition option, YamlNode value, ICollection<ConfigurationFault> faults)
    {
        if (IsEmpty(value))
            return null;
        if (value is YamlScalarNode scalar)
            return new Setting(option, scalar.Value ?? "", Origin(value));
        if (option.IsList && value is YamlSequenceNode list && list.Children.All(item => item is YamlScalarNode))
            return new Setting(option, string.Join('\n', list.Children.Select(Text)), Origin(value));
        faults.Add(new ConfigurationFault(option.Key, Origin(value), option.IsList ? "it must be a list of texts" : "it must be a single value", $"{OptionText.Example(option)}."));
        return null;
    }

    /// <summary>A key without a value is a key left at its default; a quoted empty text is a value.</summary>
    private static bool IsEmpty(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    private static string Text(YamlNode node) => node is YamlScalarNode scalar ? scalar.Value ?? "" : node.ToString();

    private static long Line(YamlNode node) => node.Start.Line;

    private static string Origin(YamlNode node) => $"{FileName}, line {Line(node)}";
}
