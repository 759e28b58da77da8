using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Mambo.Contracts.Tests;

/// <summary>The rules every contract keeps, also those written later.</summary>
public partial class ContractRuleTests
{
    private static readonly Type[] Public = [.. typeof(WireNames).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal)];

    private static readonly Type[] Messages = [.. WireNames.Commands, .. WireNames.Events];

    /// <summary>Messages, and the records and enums they are made of.</summary>
    private static readonly Type[] OnTheWire = [.. Public.Where(type => type.IsEnum || type.GetMethod("<Clone>$") is not null)];

    [Fact]
    public void WireNames_EveryMessage_IsSealedAndNamedInLowerCaseWords()
    {
        foreach (var type in Messages)
        {
            type.IsSealed.ShouldBeTrue($"{type.Name} is not sealed");
            WireNames.Of(type).ShouldMatch("^[a-z]+(-[a-z]+)*$");
            WireNames.Find(WireNames.Of(type)).ShouldBe(type);
        }

        Messages.Distinct().Count().ShouldBe(Messages.Length);
        Public.Where(type => type.GetCustomAttribute<WireNameAttribute>() is not null).Except(Messages).ShouldBeEmpty("neither a Command nor a PlatformEvent");
    }

    [Fact]
    public void Properties_OfEveryMessage_AreOnlySetWhenItIsMade()
    {
        foreach (var property in Messages.SelectMany(type => type.GetProperties()))
        {
            property.SetMethod.ShouldNotBeNull($"{property.DeclaringType!.Name}.{property.Name} cannot be read from JSON");
            property.SetMethod.ReturnParameter.GetRequiredCustomModifiers()
                .ShouldContain(typeof(System.Runtime.CompilerServices.IsExternalInit), $"{property.DeclaringType!.Name}.{property.Name} can be changed later");
        }
    }

    [Fact]
    public void Properties_OfEveryCommand_MayBeLeftOut()
    {
        var nullability = new NullabilityInfoContext();
        foreach (var property in WireNames.Commands.SelectMany(type => type.GetProperties()).Where(property => !property.PropertyType.IsEnum))
            nullability.Create(property).ReadState.ShouldBe(NullabilityState.Nullable, $"{property.DeclaringType!.Name}.{property.Name} cannot be told from a value that was given");
    }

    [Fact]
    public void Enums_EveryValue_IsACamelCaseWordAndNeverANumber()
    {
        var enums = OnTheWire.Where(type => type.IsEnum).ToList();
        enums.ShouldNotBeEmpty();
        foreach (var type in enums)
        {
            foreach (var value in Enum.GetValues(type))
            {
                var text = JsonSerializer.Serialize(value, type, WireJson.Options);
                text.ShouldMatch("^\"[a-z]+([A-Z][a-z]+)*\"$");
                JsonSerializer.Deserialize(text, type, WireJson.Options).ShouldBe(value);
            }

            Should.Throw<JsonException>(() => JsonSerializer.Deserialize("0", type, WireJson.Options));
        }
    }

    [Fact]
    public void Documentation_EveryTypeAndProperty_HasASummary()
    {
        var documentation = XDocument.Load(Path.ChangeExtension(typeof(WireNames).Assembly.Location, ".xml")).Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, member => member);

        var missing = Public.Where(type => !Says(Summary($"T:{type.FullName}"))).Select(type => type.Name).ToList();
        foreach (var type in Public)
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            {
                // A positional record documents its properties as parameters of the type.
                var parameter = documentation.GetValueOrDefault($"T:{type.FullName}")?.Elements("param").FirstOrDefault(param => param.Attribute("name")!.Value == property.Name);
                if (!Says(Summary($"P:{type.FullName}.{property.Name}")) && !Says(parameter))
                    missing.Add($"{type.Name}.{property.Name}");
            }

            if (type.IsEnum)
                missing.AddRange(Enum.GetNames(type).Where(name => !Says(Summary($"F:{type.FullName}.{name}"))).Select(name => $"{type.Name}.{name}"));
        }

        missing.ShouldBeEmpty();

        XElement? Summary(string member) => documentation.GetValueOrDefault(member)?.Element("summary");
        static bool Says(XElement? text) => !string.IsNullOrWhiteSpace(text?.Value);
    }

    [Fact]
    public void Names_OfTypesAndProperties_NeverSuggestASecret()
    {
        var names = OnTheWire.Select(type => type.Name)
            .Concat(OnTheWire.SelectMany(type => type.GetProperties().Select(property => $"{type.Name}.{property.Name}")))
            .Concat(OnTheWire.Where(type => type.IsEnum).SelectMany(Enum.GetNames));

        names.Where(name => Secret().IsMatch(name)).ShouldBeEmpty("only the name of a secret may be on the wire, never its value");
        Secret().IsMatch("RegistryPassword").ShouldBeTrue();
    }

    [GeneratedRegex("password|passphrase|secret|token|credential|apikey|privatekey|bearer|authorization|cookie", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
