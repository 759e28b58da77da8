using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>One key of <c>mambo.yml</c>, read off the option classes: what the loader, the JSON schema and the documentation share.</summary>
/// <param name="Section">The property of <see cref="MamboOptions"/>.</param>
/// <param name="Property">The property of the section, or of an entry of it.</param>
/// <param name="Entry">The entry the key stands in, as in <c>ci.apps.shop</c>. Null: it stands in the section itself.</param>
internal sealed record OptionDefinition(PropertyInfo Section, PropertyInfo Property, OptionEntry? Entry = null)
{
    private static readonly MamboOptions Defaults = new();

    /// <summary>Every key that stands in a section itself, in the order of the classes.</summary>
    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        .. from section in typeof(MamboOptions).GetProperties()
           from property in section.PropertyType.GetProperties()
           where property.CanWrite
           select new OptionDefinition(section, property),
    ];

    public string SectionName { get; } = CamelCase(Section.Name);

    public string Name { get; } = CamelCase(Property.Name);

    /// <summary>As in <c>api.listen</c> or <c>ci.apps.shop.refs</c>.</summary>
    public string Key => Entry is null ? $"{SectionName}.{Name}" : $"{SectionName}.{Entry.Path}.{Name}";

    /// <summary>As in <c>MAMBO_API__LISTEN</c>. Keys of entries stand in the file only.</summary>
    public string Variable => $"MAMBO_{Section.Name.ToUpperInvariant()}__{Property.Name.ToUpperInvariant()}";

    public Type Type { get; } = Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>Written with a unit, such as <c>100MiB</c>.</summary>
    public bool IsByteSize => Type == typeof(long) && Name.EndsWith("Bytes", StringComparison.Ordinal);

    /// <summary>Several texts, such as <c>[a, b]</c>.</summary>
    public bool IsList => Type == typeof(IReadOnlyList<string>);

    /// <summary>A time for which <c>0s</c> has a meaning.</summary>
    public bool MayBeZero => Property.IsDefined(typeof(MayBeZeroAttribute));

    public object? Default => Property.GetValue(Entry is null ? Section.GetValue(Defaults) : Activator.CreateInstance(Entry.Type));

    public IEnumerable<ValidationAttribute> Rules => Property.GetCustomAttributes<ValidationAttribute>();

    public object? Read(MamboOptions options) => Property.GetValue(Owner(options));

    public void Write(MamboOptions options, object? value) => Property.SetValue(Owner(options), value);

    public static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    private object Owner(MamboOptions options)
    {
        var section = Section.GetValue(options)!;
        return Entry is null ? section : Entry.In(section);
    }
}

/// <summary>One entry of a key that holds many by name, such as <c>shop</c> of <c>ci.apps</c>.</summary>
/// <param name="Property">The property of the section that holds the entries: a dictionary of text to option class.</param>
/// <param name="Name">The entry's name.</param>
internal sealed record OptionEntry(PropertyInfo Property, string Name)
{
    /// <summary>The option class of an entry.</summary>
    public Type Type => Property.PropertyType.GenericTypeArguments[1];

    /// <summary>As in <c>apps.shop</c>.</summary>
    public string Path => $"{OptionDefinition.CamelCase(Property.Name)}.{Name}";

    /// <summary>The entry in a section; it is made when it is not there.</summary>
    public object In(object section)
    {
        var entries = (IDictionary)Property.GetValue(section)!;
        return entries[Name] ??= Activator.CreateInstance(Type)!;
    }

    /// <summary>The properties of a section that hold entries.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(PropertyInfo section) => section.PropertyType.GetProperties()
        .Where(property => property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(Dictionary<,>));

    /// <summary>The keys an entry may have.</summary>
    public IReadOnlyList<OptionDefinition> Options(PropertyInfo section) => [.. Type.GetProperties().Where(property => property.CanWrite).Select(property => new OptionDefinition(section, property, this))];
}
