using System.ComponentModel.DataAnnotations;
using System.Reflection;

using Mambo.ServiceDefaults.Names;

using YamlDotNet.RepresentationModel;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Keys that hold many entries by the name of an app, such as <c>ci.apps</c>.</summary>
internal static partial class YamlSettings
{
    private static IEnumerable<Setting> Entries(string key, PropertyInfo section, PropertyInfo holder, YamlNode value, ICollection<ConfigurationFault> faults)
    {
        if (IsEmpty(value))
            yield break;
        if (value is not YamlMappingNode entries)
        {
            faults.Add(new ConfigurationFault(key, Origin(value), "it must be entries by name", "Write the name of an app below it, indented, and below that its keys."));
            yield break;
        }

        foreach (var (name, node) in entries.Children)
        {
            var entry = new OptionEntry(holder, Text(name));
            if (!AppName.TryParse(entry.Name, out _, out _))
            {
                faults.Add(new ConfigurationFault(
                    $"{key}.{entry.Name}", Origin(name), "its name is no app name", "Write 1 to 40 lower-case letters, digits or single hyphens, beginning with a letter."));
            }
            else
            {
                var values = node as YamlMappingNode ?? (IsEmpty(node) ? new YamlMappingNode() : null);
                foreach (var setting in Entry($"{key}.{entry.Name}", entry.Options(section), name, values, faults))
                    yield return setting;
            }
        }
    }

    /// <param name="key">As in <c>ci.apps.shop</c>.</param>
    /// <param name="options">The keys it may have.</param>
    /// <param name="name">Where the entry begins.</param>
    /// <param name="values">Null: it is something else than keys and values.</param>
    /// <param name="faults">Where faults go.</param>
    private static IEnumerable<Setting> Entry(
        string key, IReadOnlyList<OptionDefinition> options, YamlNode name, YamlMappingNode? values, ICollection<ConfigurationFault> faults)
    {
        if (values is null)
        {
            var keys = string.Join(", ", options.Select(option => option.Name));
            faults.Add(new ConfigurationFault(key, Origin(name), "it must be keys and values", $"Write below it, indented: {keys}."));
            yield break;
        }

        var given = new HashSet<OptionDefinition>();
        foreach (var (child, value) in values.Children)
        {
            if (options.FirstOrDefault(option => option.Name == Text(child)) is not { } option)
                faults.Add(UnknownKeys.KeyOfEntry(key, Text(child), options, Origin(child)));
            else
            {
                if (!IsEmpty(value))
                    given.Add(option);
                if (Value(option, value, faults) is { } setting)
                    yield return setting;
            }
        }

        foreach (var missing in options.Where(option => !given.Contains(option) && option.Default is null && option.Rules.OfType<RequiredAttribute>().Any()))
            faults.Add(new ConfigurationFault(missing.Key, Origin(name), "it is missing", $"{OptionText.Example(missing)}."));
    }
}
