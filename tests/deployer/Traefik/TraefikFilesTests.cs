using System.Collections.Concurrent;

using Mambo.Deployer.Edge;
using Mambo.Deployer.Traefik;
using Mambo.ServiceDefaults.Configuration;

using Microsoft.Extensions.Logging.Abstractions;

namespace Mambo.Deployer.Tests.Traefik;

public sealed class TraefikFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mambo-traefik-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Write_NewChangedAndSame_SaysWhetherItWrote()
    {
        var files = Files("mambo");

        files.Write("shop", Document("one")).ShouldBeTrue();
        files.Write("shop", Document("one")).ShouldBeFalse();
        files.Write("shop", Document("two")).ShouldBeTrue();

        File.ReadAllText(Path("mambo-shop.yml")).ShouldBe("# Written by Mambo Platform mambo for the app shop, again with every deployment.\n{ \"http\": \"two\" }\n");
        File.GetUnixFileMode(Path("mambo-shop.yml")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Names().ShouldBe(["mambo-shop.yml"]);
    }

    [Fact]
    public async Task Write_WhileSomebodyReads_IsSeenWholeOrNotAtAll()
    {
        var files = Files("mambo");
        string[] texts = [new('a', 200_000), new('b', 300_000)];
        files.Write("shop", Document(texts[0]));
        using var done = new CancellationTokenSource();
        var seen = new ConcurrentDictionary<string, bool>();
        var reader = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                seen.TryAdd(File.ReadAllText(Path("mambo-shop.yml")), true);
        });

        // Until the reader has had its turn at both, however busy the machine is.
        for (var round = 0; round < 200 || (seen.Count < 2 && round < 20_000); round++)
            files.Write("shop", Document(texts[round % 2]));
        await done.CancelAsync();
        await reader;

        seen.Keys.Select(text => text.Split('\n', 2)[1]).ShouldBeSubsetOf(texts.Select(text => Document(text).Text));
        seen.Count.ShouldBe(2);
    }

    [Fact]
    public void Write_FileOfSomebodyElse_IsRefusedAndStays()
    {
        File.WriteAllText(Path("mambo-shop.yml"), "http: {}\n");
        var files = Files("mambo");

        Should.Throw<RouteFailedException>(() => files.Write("shop", Document("x"))).Message.ShouldContain("was not written by this platform");
        files.Remove("shop").ShouldBeFalse();

        File.ReadAllText(Path("mambo-shop.yml")).ShouldBe("http: {}\n");
    }

    [Fact]
    public void Write_NoDirectory_Fails()
    {
        var files = new TraefikFiles(new TraefikOptions { Directory = Path("gone") }, new PlatformIdentity("mambo", "local", "1"), NullLogger<TraefikFiles>.Instance);

        Should.Throw<RouteFailedException>(() => files.Write("shop", Document("x"))).Message.ShouldContain("could not be written");
    }

    [Fact]
    public void Write_EmptyDocument_RemovesTheFile()
    {
        var files = Files("mambo");
        files.Write("shop", Document("x"));

        files.Write("shop", TraefikDocument.Empty).ShouldBeTrue();
        files.Write("shop", TraefikDocument.Empty).ShouldBeFalse();

        Names().ShouldBeEmpty();
    }

    [Fact]
    public void Reconcile_AtStart_MendsWhatDiffersAndNothingElse()
    {
        var files = Files("mambo");
        files.Write("same", Document("same"));
        files.Write("old", Document("old"));
        files.Write("gone", Document("gone"));
        File.WriteAllText(Path(".mambo-gone.yml.part"), "# Written by Mam");
        File.WriteAllText(Path(".mambo-other.yml.part"), "mine");
        File.WriteAllText(Path("mambo-mine.yml"), "http: {}\n");
        File.WriteAllText(Path("certificates.yml"), "tls: {}\n");
        // "mambo-2" begins with "mambo-", and is another platform.
        Files("mambo-2").Write("shop", Document("theirs"));
        var before = File.GetLastWriteTimeUtc(Path("mambo-same.yml"));

        var changed = files.Reconcile(new Dictionary<string, TraefikDocument> { ["same"] = Document("same"), ["old"] = Document("new"), ["added"] = Document("added"), ["worker"] = TraefikDocument.Empty });

        changed.ShouldBe(["old", "added", "gone"], ignoreOrder: true);
        File.GetLastWriteTimeUtc(Path("mambo-same.yml")).ShouldBe(before);
        Names().ShouldBe([".mambo-other.yml.part", "certificates.yml", "mambo-2-shop.yml", "mambo-added.yml", "mambo-mine.yml", "mambo-old.yml", "mambo-same.yml"], ignoreOrder: true);
        files.Reconcile(new Dictionary<string, TraefikDocument> { ["same"] = Document("same"), ["old"] = Document("new"), ["added"] = Document("added") }).ShouldBeEmpty();
    }

    private TraefikFiles Files(string platform) =>
        new(new TraefikOptions { Directory = _directory }, new PlatformIdentity(platform, "local", "1"), NullLogger<TraefikFiles>.Instance);

    private static TraefikDocument Document(string text) => TraefikDocument.Empty with { Text = $"{{ \"http\": \"{text}\" }}\n" };

    private string Path(string name) => System.IO.Path.Combine(_directory, name);

    private IEnumerable<string> Names() => Directory.GetFiles(_directory).Select(file => System.IO.Path.GetFileName(file)!);
}
