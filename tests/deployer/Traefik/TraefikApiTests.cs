using Mambo.Deployer.Edge;
using Mambo.Deployer.Traefik;
using Mambo.ServiceDefaults.Configuration;
using Mambo.Doubles;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Mambo.Deployer.Tests.Traefik;

public sealed class TraefikApiTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mambo-traefik-").FullName;
    private TraefikDouble _traefik = null!;

    public async Task InitializeAsync() => _traefik = await TraefikDouble.StartAsync(_directory, TimeSpan.FromMilliseconds(300));

    public async Task DisposeAsync()
    {
        await _traefik.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task WaitFor_NewServers_EndsOnceTraefikShowsExactlyThem()
    {
        using var api = Api();
        Write(Document("10.0.0.1"));
        await api.WaitForAsync(Document("10.0.0.1"), CancellationToken.None);

        // Both serve while the old one drains.
        foreach (var servers in new[] { "10.0.0.1 10.0.0.2", "10.0.0.2" })
        {
            Write(Document(servers));
            var wait = api.WaitForAsync(Document(servers), CancellationToken.None);
            wait.IsCompleted.ShouldBeFalse();
            await wait.WaitAsync(TimeSpan.FromSeconds(20));
        }

        _traefik.Requests.ShouldBeGreaterThan(6);
    }

    [Fact]
    public async Task WaitFor_ServicesThatStandOnOthers_AreWaitedForToo()
    {
        using var api = Api();
        var document = Of(File.ReadAllText(TestEnvironment.GoldenFile.PathOf("tests/deployer/Traefik/Golden/weighted.labels")), "10.0.0.1");
        Write(document);

        await api.WaitForAsync(document, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task WaitFor_OnlyTheRuleChanged_WaitsForTheNewRule()
    {
        using var api = Api();
        Write(Document("10.0.0.1"));
        await api.WaitForAsync(Document("10.0.0.1"), CancellationToken.None);
        var changed = Of("web:\ntraefik.http.routers.web.rule=Host(`c.d`)", "10.0.0.1");

        (await FailureAsync(changed)).Message.ShouldBe(
            "Traefik does not use the new routes after 30 s: The router shop_web still has the rule Host(`a.b`) and the service shop_web. Its log says why it leaves out a file.");
        Write(changed);
        await api.WaitForAsync(changed, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task WaitFor_RouterTraefikRefuses_FailsWithItsWords()
    {
        var document = Of("web:\ntraefik.http.routers.web.rule=Host(`a.b`)\ntraefik.http.routers.web.middlewares=nobody@file\ntraefik.http.routers.web.entrypoints=web,quic", "10.0.0.1");
        Write(document);
        using var api = Api(settle: TimeSpan.FromMilliseconds(200));

        var failure = await Should.ThrowAsync<RouteFailedException>(() => api.WaitForAsync(document, CancellationToken.None));

        failure.Message.ShouldBe("Traefik refuses the router shop_web: entryPoint \"quic\" doesn't exist; middleware \"nobody@file\" does not exist.");
    }

    [Fact]
    public async Task WaitFor_FileTraefikCannotRead_FailsAfterTheDeadlineAndSaysWhatItHas()
    {
        File.WriteAllText(Path.Combine(_directory, "broken.yml"), "http: [");
        Write(Document("10.0.0.1"));

        (await FailureAsync(Document("10.0.0.1"))).Message.ShouldBe(
            "Traefik does not use the new routes after 30 s: It does not know the service shop_web. Its log says why it leaves out a file.");
    }

    [Fact]
    public async Task WaitFor_NobodyAnswers_FailsAfterTheDeadline()
    {
        var gone = _traefik.Api;
        await _traefik.DisposeAsync();

        (await FailureAsync(Document("10.0.0.1"), gone)).Message.ShouldContain($"Its API at {gone} does not answer as it should: Connection refused");
        _traefik = await TraefikDouble.StartAsync(_directory, TimeSpan.Zero);
    }

    [Fact]
    public async Task WaitFor_NoApi_WaitsForTheSettlingTimeOnly()
    {
        var time = new FakeTimeProvider();
        using var api = new TraefikApi(new TraefikOptions(), time);

        var wait = api.WaitForAsync(Document("10.0.0.1"), CancellationToken.None);
        time.Advance(TimeSpan.FromMilliseconds(2999));
        wait.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));

        await wait.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task WaitFor_Cancelled_Ends()
    {
        using var api = Api();
        using var cancel = new CancellationTokenSource();
        var wait = api.WaitForAsync(Document("10.0.0.1"), cancel.Token);
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => wait);
    }

    private TraefikApi Api(TimeSpan? settle = null) => new(new TraefikOptions { Api = _traefik.Api, Settle = settle ?? TimeSpan.FromSeconds(3) }, TimeProvider.System);

    /// <summary>What a wait ends with whose clock runs as fast as the API answers.</summary>
    private async Task<RouteFailedException> FailureAsync(TraefikDocument document, Uri? address = null)
    {
        var time = new FakeTimeProvider();
        using var api = new TraefikApi(new TraefikOptions { Api = address ?? _traefik.Api }, time);
        var wait = api.WaitForAsync(document, CancellationToken.None);
        while (!wait.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        return await Should.ThrowAsync<RouteFailedException>(() => wait);
    }

    private void Write(TraefikDocument document) =>
        new TraefikFiles(new TraefikOptions { Directory = _directory }, new PlatformIdentity("mambo", "local", "1"), NullLogger<TraefikFiles>.Instance).Write("shop", document);

    private static TraefikDocument Document(string addresses) => Of("web:\ntraefik.http.routers.web.rule=Host(`a.b`)", addresses);

    private static TraefikDocument Of(string labels, string addresses)
    {
        var tree = Labels.Tree(labels);
        var servers = addresses.Split(' ').Select(address => tree.Backends.Values.First().UrlOf(address, 80)).ToList();
        return TraefikDocument.Of("shop", tree, tree.Backends.ToDictionary(backend => backend.Key, _ => (IReadOnlyList<string>)servers), []);
    }
}
