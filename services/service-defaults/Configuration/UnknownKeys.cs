namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Faults for names that mean nothing, with the name that was probably meant.</summary>
internal static class UnknownKeys
{
    public static ConfigurationFault Section(string section, string origin)
    {
        var known = OptionDefinition.All.Select(option => option.SectionName).Distinct().ToList();
        return Fault(section, origin, "there is no such section", NearestName.Find(section, known), $"The sections are {string.Join(", ", known)}.");
    }

    /// <summary>A key may also have been put into the wrong section.</summary>
    public static ConfigurationFault Key(string section, string name, string origin)
    {
        var options = OptionDefinition.All.Where(option => option.SectionName == section).ToList();
        string[] siblings = [.. options.Select(option => option.Name), .. OptionEntry.PropertiesOf(options[0].Section).Select(property => OptionDefinition.CamelCase(property.Name))];
        var meant = NearestName.Find(name, siblings) is { } sibling
            ? $"{section}.{sibling}"
            : OptionDefinition.All.FirstOrDefault(option => option.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Key;
        return Fault($"{section}.{name}", origin, "there is no such key", meant, $"The keys of {section} are {string.Join(", ", siblings)}.");
    }

    /// <summary>A key of an entry, as in <c>ci.apps.shop</c>.</summary>
    public static ConfigurationFault KeyOfEntry(string entry, string name, IReadOnlyList<OptionDefinition> options, string origin) => Fault(
        $"{entry}.{name}", origin, "there is no such key",
        NearestName.Find(name, options.Select(option => option.Name)) is { } sibling ? $"{entry}.{sibling}" : null,
        $"The keys of {entry} are {string.Join(", ", options.Select(option => option.Name))}.");

    public static ConfigurationFault Variable(string variable)
    {
        var meant = NearestName.Find(variable, OptionDefinition.All.Select(option => option.Variable));
        return Fault(variable, "environment", "there is no such setting", meant, "Variables are MAMBO_<SECTION>__<KEY>, such as MAMBO_API__LISTEN.");
    }

    public static ConfigurationFault Argument(string key) =>
        Fault(key, "argument --set", "there is no such key", NearestName.Find(key, OptionDefinition.All.Select(option => option.Key)), "Write it as in mambo.yml: --set api.listen=127.0.0.1:7400.");

    private static ConfigurationFault Fault(string key, string origin, string problem, string? meant, string otherwise) =>
        new(key, origin, problem, meant is null ? otherwise : $"Did you mean {meant}?");
}
