using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>One key of <c>mambo.yml</c>, read off the option classes: what the loader, the JSON schema and the documentation share.</summary>
internal sealed record OptionDefinition(PropertyInfo Section, PropertyInfo Property)
{
    private static readonly MamboOptions Defaults = new();

    /// <summary>Every key, in the order of the classes.</summary>
    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        .. from section in typeof(MamboOptions).GetProperties()
           from property in section.PropertyType.GetProperties()
           where property.CanWrite
           select new OptionDefinition(section, property),
    ];

    public string SectionName { get; } = CamelCase(Section.Name);

    public string Name { get; } = CamelCase(Property.Name);

    /// <summary>As in <c>api.listen</c>.</summary>
    public string Key => $"{SectionName}.{Name}";

    /// <summary>As in <c>MAMBO_API__LISTEN</c>.</summary>
    public string Variable => $"MAMBO_{Section.Name.ToUpperInvariant()}__{Property.Name.ToUpperInvariant()}";

    public Type Type { get; } = Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>Written with a unit, such as <c>100MiB</c>.</summary>
    public bool IsByteSize => Type == typeof(long) && Name.EndsWith("Bytes", StringComparison.Ordinal);

    /// <summary>A time for which <c>0s</c> has a meaning.</summary>
    public bool MayBeZero => Property.IsDefined(typeof(MayBeZeroAttribute));

    public object? Default => Read(Defaults);

    public IEnumerable<ValidationAttribute> Rules => Property.GetCustomAttributes<ValidationAttribute>();

    public object? Read(MamboOptions options) => Property.GetValue(Section.GetValue(options));

    public void Write(MamboOptions options, object? value) => Property.SetValue(Section.GetValue(options), value);

    public static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
