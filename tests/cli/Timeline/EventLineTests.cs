using System.Text;
using System.Text.Json;

using Mambo.Cli.Platform;
using Mambo.Cli.Timeline;
using Mambo.Contracts;
using Mambo.TestEnvironment;

namespace Mambo.Cli.Tests.Timeline;

public class EventLineTests
{
    [Fact]
    public void Of_EveryEvent_ReadsAsWrittenDown()
    {
        var lines = new StringBuilder();
        var names = WireNames.Events.Select(WireNames.Of).Order(StringComparer.Ordinal).ToList();
        foreach (var (name, seq) in names.Select((name, index) => (name, index + 1)))
        {
            var body = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(GoldenFile.PathOf($"tests/contracts/Golden/{name}.json")));
            lines.Append(EventLine.Of(new EventDocument(seq, name, CommandRun.At(seq), "local", body), CommandRun.UtcTime)).Append('\n');
        }

        GoldenFile.ShouldMatch("tests/cli/Golden/event-lines.txt", lines.ToString());
    }

    [Fact]
    public void Of_EmptyBodyOrUnknownType_StillHasItsLine()
    {
        var nothing = JsonSerializer.Deserialize<JsonElement>("{}");

        foreach (var type in WireNames.Events.Select(WireNames.Of).Append("from-the-future"))
            EventLine.Of(new EventDocument(7, type, CommandRun.At(), "local", nothing), CommandRun.UtcTime).ShouldStartWith($"2026-11-25 03:40:07 UTC  #7      {type}");
    }
}
