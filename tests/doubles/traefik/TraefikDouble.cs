using System.Collections.Immutable;
using System.Text.Json.Nodes;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mambo.Doubles;

/// <summary>
/// Traefik 3 as its file provider and its API show it, after their documentation: it watches a directory, takes every change of it after a pause, keeps what it had when any
/// file of it is no YAML, and says of each router and service what it is and what is wrong with it. It routes nothing.
/// </summary>
public sealed class TraefikDouble : IAsyncDisposable
{
    private static readonly string[] EntryPoints = ["web", "websecure"];

    private readonly string _directory;
    private readonly TimeSpan _pause;
    private readonly FileSystemWatcher _watcher;
    private readonly WebApplication _app;
    private readonly Timer _timer;
    private volatile ImmutableDictionary<string, JsonObject> _members = ImmutableDictionary<string, JsonObject>.Empty;

    private TraefikDouble(string directory, TimeSpan pause)
    {
        (_directory, _pause) = (directory, pause);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/api/http/routers/{name}", (string name) => Answer("routers", name));
        _app.MapGet("/api/http/services/{name}", (string name) => Answer("services", name));
        _timer = new Timer(_ => Load());
        _watcher = new FileSystemWatcher(directory) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite };
        _watcher.Created += Changed;
        _watcher.Changed += Changed;
        _watcher.Deleted += Changed;
        _watcher.Renamed += Changed;
    }

    /// <summary>The address of its API.</summary>
    public Uri Api => new(_app.Urls.Single());

    /// <summary>Requests its API had.</summary>
    public int Requests { get; private set; }

    /// <summary>Starts one on a free port.</summary>
    /// <param name="directory">What its file provider watches.</param>
    /// <param name="pause">How long it waits after a change before it takes it, as <c>providersThrottleDuration</c> does.</param>
    public static async Task<TraefikDouble> StartAsync(string directory, TimeSpan pause)
    {
        var traefik = new TraefikDouble(directory, pause);
        await traefik._app.StartAsync().ConfigureAwait(false);
        traefik.Load();
        traefik._watcher.EnableRaisingEvents = true;
        return traefik;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _watcher.Dispose();
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private void Changed(object sender, FileSystemEventArgs change) => _timer.Change(_pause, Timeout.InfiniteTimeSpan);

    private IResult Answer(string section, string name)
    {
        Requests++;
        return _members.TryGetValue($"{section}/{name}", out var member)
            ? Results.Text(member.ToJsonString(), "application/json")
            : Results.Json(new JsonObject { ["message"] = $"{section[..^1]} not found: {name}" }, statusCode: StatusCodes.Status404NotFound);
    }

    private void Load()
    {
        try
        {
            var http = new Dictionary<string, JsonObject>();
            foreach (var file in Directory.GetFiles(_directory, "*.yml").Order(StringComparer.Ordinal))
            {
                foreach (var (section, members) in (JsonObject)Read(file)["http"]!)
                {
                    foreach (var (name, member) in members!.AsObject())
                        http[$"{section}/{name}@file"] = member!.DeepClone().AsObject();
                }
            }

            _members = http.ToImmutableDictionary(member => member.Key, member => Shown(member.Key, member.Value, http));
        }
        catch (Exception error) when (error is YamlException or IOException)
        {
            // Traefik logs it and goes on with what it has.
        }
    }

    private static JsonObject Read(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(file)));
        return Json(yaml.Documents[0].RootNode) as JsonObject ?? throw new YamlException($"{file} is no mapping.");
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Json(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode scalar => scalar.Value,
        _ => throw new YamlException($"{node} is an alias."),
    };

    private static JsonObject Shown(string key, JsonObject member, Dictionary<string, JsonObject> all)
    {
        var errors = key.StartsWith("routers/", StringComparison.Ordinal) ? RouterErrors(member, all).ToList() : [];
        member["name"] = key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];
        member["provider"] = "file";
        member["status"] = errors.Count > 0 ? "disabled" : "enabled";
        if (errors.Count > 0)
            member["error"] = new JsonArray([.. errors.Select(error => (JsonNode)error)]);
        return member;
    }

    private static IEnumerable<string> RouterErrors(JsonObject router, Dictionary<string, JsonObject> all)
    {
        foreach (var entryPoint in Texts(router, "entryPoints").Where(name => !EntryPoints.Contains(name)))
            yield return $"entryPoint \"{entryPoint}\" doesn't exist";
        foreach (var middleware in Texts(router, "middlewares").Select(Qualified).Where(name => !all.ContainsKey($"middlewares/{name}")))
            yield return $"middleware \"{middleware}\" does not exist";
        if (Qualified((string)router["service"]!) is var service && !all.ContainsKey($"services/{service}"))
            yield return $"the service \"{service}\" does not exist";
    }

    private static IEnumerable<string> Texts(JsonObject router, string option) => (router[option] as JsonArray ?? []).Select(item => (string)item!);

    private static string Qualified(string name) => name.Contains('@', StringComparison.Ordinal) ? name : $"{name}@file";
}
