using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.RegularExpressions;

using Mambo.ServiceDefaults.Configuration;

namespace Mambo.ServiceDefaults.Tests.Configuration;

/// <summary>The part of <c>docs/configuration.md</c> that says what every key means.</summary>
internal static partial class ConfigurationTables
{
    /// <summary>A heading, a sentence and a table for every section.</summary>
    public static string Text
    {
        get
        {
            var text = new StringBuilder();
            foreach (var section in typeof(MamboOptions).GetProperties())
            {
                text.Append($"### {OptionDefinition.CamelCase(section.Name)}\n\n{DocumentationComments.Of(section, Code)}\n\n| key | default | meaning | variable |\n| --- | --- | --- | --- |\n");
                foreach (var option in OptionDefinition.All.Where(option => option.Section == section))
                    text.Append($"| `{option.Key}` | {Default(option)} | {Meaning(option)} | `{option.Variable}` |\n");
                foreach (var option in OptionEntry.PropertiesOf(section).SelectMany(property => new OptionEntry(property, "<app>").Options(section)))
                    text.Append($"| `{option.Key}` | {(IsNeeded(option) ? "needed" : Default(option))} | {Meaning(option)} | |\n");
                text.Append('\n');
            }

            return text.ToString().TrimEnd('\n') + "\n";
        }
    }

    private static bool IsNeeded(OptionDefinition option) => option.Default is null && option.Rules.OfType<RequiredAttribute>().Any();

    private static string Default(OptionDefinition option) => OptionText.Format(option, option.Default) is { } value ? Code(value) : "unset";

    private static string Meaning(OptionDefinition option)
    {
        var meaning = PlainDefault().Replace(DocumentationComments.Of(option, Code), "");
        return (option.Type.IsEnum ? $"{string.Join(" or ", OptionText.Choices(option.Type).Select(Code))}. {meaning}" : meaning).Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string Code(string text) => $"`{text}`";

    /// <summary>A default that comes without a reason stands in its own column already.</summary>
    [GeneratedRegex(@" Default: [^,]+\.$")]
    private static partial Regex PlainDefault();
}
