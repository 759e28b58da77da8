using System.Globalization;
using System.Text.Json;

namespace Mambo.Cli.Logs;

/// <summary>A container of an app.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Service">The compose service it runs.</param>
/// <param name="Number">Its number among those of the service.</param>
/// <param name="Release">The release it was made for. Null: it does not say.</param>
/// <param name="State">As the engine says it: <c>running</c>, <c>exited</c>, …</param>
/// <param name="Status">The same in words, with its health.</param>
internal sealed record EngineContainer(string Id, string Name, string Service, int Number, int? Release, string State, string Status)
{
    /// <summary>Kept for going back: it is no part of what runs.</summary>
    public bool IsPaused => State == "paused";

    /// <summary>Who speaks, in front of each line.</summary>
    public string Speaker => Release is { } release ? $"{Service}-{Number} {release}" : $"{Service}-{Number}";

    public static EngineContainer Of(JsonElement row)
    {
        var labels = row.GetProperty("Labels");
        string Label(string name) => labels.ValueKind == JsonValueKind.Object && labels.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
        int? Number(string name) => int.TryParse(Label(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return new EngineContainer(
            row.GetProperty(nameof(Id)).GetString()!,
            row.GetProperty("Names").EnumerateArray().Select(name => name.GetString()!.TrimStart('/')).FirstOrDefault() ?? "",
            Label("com.docker.compose.service"),
            Number("com.docker.compose.container-number") ?? 1,
            Number("mambo.release"),
            row.GetProperty(nameof(State)).GetString() ?? "",
            row.GetProperty(nameof(Status)).GetString() ?? "");
    }
}
