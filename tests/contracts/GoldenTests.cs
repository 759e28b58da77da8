using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

using Mambo.TestEnvironment;

namespace Mambo.Contracts.Tests;

/// <summary>
/// What a message looks like on the wire is fixed by the files in <c>Golden</c>: a changed file is a changed contract. They are indented for people; on the wire there
/// is no space between the same tokens.
/// </summary>
public class GoldenTests
{
    private static readonly JsonSerializerOptions Indented = new(WireJson.Options) { WriteIndented = true };

    public static TheoryData<string> Contracts => [.. Types.Select(WireNames.Of)];

    public static TheoryData<string> Events => [.. WireNames.Events.Select(WireNames.Of)];

    private static IEnumerable<Type> Types => WireNames.Commands.Concat(WireNames.Events).OrderBy(WireNames.Of, StringComparer.Ordinal);

    [Fact]
    public void Samples_EveryContract_HasExactlyOneWithEveryPropertySet()
    {
        Samples.All.Select(sample => WireNames.Of(sample.GetType())).Order(StringComparer.Ordinal).ShouldBe(Types.Select(WireNames.Of));
        foreach (var sample in Samples.All)
        {
            var untouched = Activator.CreateInstance(sample.GetType());
            foreach (var property in sample.GetType().GetProperties())
            {
                JsonSerializer.Serialize(property.GetValue(sample), WireJson.Options)
                    .ShouldNotBe(JsonSerializer.Serialize(property.GetValue(untouched), WireJson.Options), $"{sample.GetType().Name}.{property.Name} is not set");
            }
        }
    }

    [Theory, MemberData(nameof(Contracts))]
    public void Write_EveryPropertySet_IsTheGoldenFile(string name) => GoldenFile.ShouldMatch(FileOf(name), Write(Sample(name)));

    [Theory, MemberData(nameof(Contracts))]
    public void Write_OnTheWire_IsTheGoldenFileWithoutItsSpace(string name) =>
        JsonSerializer.Serialize(Sample(name), Sample(name).GetType(), WireJson.Options).ShouldBe(JsonNode.Parse(Golden(name))!.ToJsonString(WireJson.Options));

    [Theory, MemberData(nameof(Contracts))]
    public void Read_GoldenFile_IsTheSameMessage(string name) => ShouldBeSame(Read(name, Golden(name)), Sample(name));

    [Theory, MemberData(nameof(Events))]
    public void Read_EventOfANewerVersion_IgnoresWhatItDoesNotKnow(string name)
    {
        var newer = JsonNode.Parse(Golden(name))!.AsObject();
        newer["addedLater"] = new JsonObject { ["deep"] = new JsonArray(1, "two", true) };

        ShouldBeSame(Read(name, newer.ToJsonString()), Sample(name));
    }

    [Fact]
    public void Read_EmptyObject_TakesTheDefaultsOfTheGoldenFile()
    {
        var minimal = Types.ToDictionary(WireNames.Of, type => Read(WireNames.Of(type), "{}"));

        GoldenFile.ShouldMatch("tests/contracts/Golden/read-from-nothing.json", $"{JsonSerializer.Serialize(minimal, Indented)}\n");
    }

    [Fact]
    public void GoldenFolder_HoldsNothingElse() =>
        Directory.GetFiles(GoldenFile.PathOf("tests/contracts/Golden")).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)
            .ShouldBe(Types.Select(WireNames.Of).Append("read-from-nothing").Order(StringComparer.Ordinal));

    /// <summary>Records with lists are equal only when the lists are one object; here their items count.</summary>
    private static void ShouldBeSame(object message, object sample)
    {
        message.ShouldBeOfType(sample.GetType());
        foreach (var property in sample.GetType().GetProperties())
        {
            if (property.GetValue(sample) is IEnumerable items and not string)
                ((IEnumerable)property.GetValue(message)!).Cast<object>().ShouldBe(items.Cast<object>(), property.Name);
            else
                property.GetValue(message).ShouldBe(property.GetValue(sample), property.Name);
        }
    }

    private static string FileOf(string name) => $"tests/contracts/Golden/{name}.json";

    private static string Golden(string name) => File.ReadAllText(GoldenFile.PathOf(FileOf(name)));

    private static object Sample(string name) => Samples.All.Single(sample => sample.GetType() == WireNames.Find(name));

    private static string Write(object message) => $"{JsonSerializer.Serialize(message, message.GetType(), Indented)}\n";

    private static object Read(string name, string json) => JsonSerializer.Deserialize(json, WireNames.Find(name)!, WireJson.Options)!;
}
