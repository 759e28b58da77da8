using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

using Mambo.ServiceDefaults.Configuration;

namespace Mambo.ServiceDefaults.Tests.Configuration;

/// <summary>The doc comments of the option classes, as text: the same words in the editor, in <c>mambo.schema.json</c> and in <c>docs/configuration.md</c>.</summary>
internal static partial class DocumentationComments
{
    private static readonly Dictionary<string, XElement> Summaries =
        XDocument.Load(Path.ChangeExtension(typeof(MamboOptions).Assembly.Location, ".xml")).Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!);

    /// <summary>What an option means.</summary>
    /// <param name="option">The option.</param>
    /// <param name="code">How a value or a key is marked, such as with backticks.</param>
    public static string Of(OptionDefinition option, Func<string, string> code) => Text($"P:{option.Property.DeclaringType!.FullName}.{option.Property.Name}", code);

    /// <summary>What a section is for: what <see cref="MamboOptions"/> says of it, and what its class adds.</summary>
    public static string Of(PropertyInfo section, Func<string, string> code)
    {
        var added = Text($"T:{section.PropertyType.FullName}", code);
        var prefix = $"Section {code(OptionDefinition.CamelCase(section.Name))}.";
        added.ShouldStartWith(prefix);
        return $"{Text($"P:{typeof(MamboOptions).FullName}.{section.Name}", code)}{added[prefix.Length..]}";
    }

    /// <summary>What a key that holds entries by name means, and what an entry is.</summary>
    public static string OfEntries(PropertyInfo property, Func<string, string> code) =>
        $"{Text($"P:{property.DeclaringType!.FullName}.{property.Name}", code)} {Text($"T:{property.PropertyType.GenericTypeArguments[1].FullName}", code)}";

    private static string Text(string member, Func<string, string> code)
    {
        Summaries.ShouldContainKey(member, "every option has a doc comment");
        return Space().Replace(string.Concat(Summaries[member].Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "c" } value => code(value.Value),
            XElement { Name.LocalName: "see" } link => code(KeyOf(link.Attribute("cref")!.Value)),
            XText text => text.Value,
            _ => throw new NotSupportedException($"{member}: {node} has no place in a description"),
        })), " ").Trim();
    }

    private static string KeyOf(string reference) => OptionDefinition.All.Single(option => $"P:{option.Property.DeclaringType!.FullName}.{option.Property.Name}" == reference).Key;

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
