using Mambo.Deployer.Compose;
using Mambo.Deployer.Plan;

namespace Mambo.Deployer.Tests.Plan;

public sealed class ServiceDigestTests : IDisposable
{
    private static readonly Dictionary<string, string> Ids = new() { ["web"] = "sha256:1" };

    private readonly string _one = Bundle();
    private readonly string _other = Bundle();

    public void Dispose()
    {
        Directory.Delete(_one, recursive: true);
        Directory.Delete(_other, recursive: true);
    }

    [Fact]
    public void Of_SameContentElsewhereAndInAnotherOrder_IsTheSame()
    {
        var one = Of(_one, """{"image":"web:1","labels":{"a":"1","b":"2"},"depends_on":{"db":{"condition":"service_started"}},"volumes":[{"type":"bind","source":"BUNDLE/conf","target":"/conf"}]}""");
        var other = Of(_other, """{"volumes":[{"target":"/conf","source":"BUNDLE/conf","type":"bind"}],"labels":{"b":"2","a":"1"},"image":"web:2"}""");

        one.ShouldBe(other);
        one.Length.ShouldBe(64);
    }

    [Theory]
    [InlineData("conf/site.css", "bind")]
    [InlineData("conf/site.css", "config")]
    [InlineData("conf/site.css", "secret")]
    [InlineData(".env", "environment")]
    [InlineData("conf/deep/x", "folder")]
    public void Of_OneByteOfAMountedFileChanged_IsAnother(string file, string way)
    {
        var (service, top) = way switch
        {
            "bind" => ("""{"volumes":[{"type":"bind","source":"BUNDLE/conf/site.css","target":"/x"}]}""", ""),
            "folder" => ("""{"volumes":[{"type":"bind","source":"BUNDLE/conf","target":"/x"}]}""", ""),
            "config" => ("""{"configs":[{"source":"c"}]}""", ""","configs":{"c":{"file":"BUNDLE/conf/site.css"}}"""),
            "secret" => ("""{"secrets":[{"source":"c"}]}""", ""","secrets":{"c":{"file":"BUNDLE/conf/site.css"}}"""),
            _ => ("""{"secrets":[{"source":"c"}]}""", ""","secrets":{"c":{"environment":"TOKEN"}}"""),
        };
        var before = Of(_one, service, top);
        Of(_other, service, top).ShouldBe(before);

        File.WriteAllText(Path.Combine(_other, file), "B");

        Of(_other, service, top).ShouldNotBe(before);
    }

    [Fact]
    public void Of_FileThatIsNotMounted_DoesNotCount()
    {
        var before = Of(_one, """{"image":"a"}""");
        File.WriteAllText(Path.Combine(_one, ".env"), "other");

        Of(_one, """{"image":"a"}""").ShouldBe(before);
    }

    [Theory]
    [InlineData("""{"command":["a"]}""")]
    [InlineData("""{"command":["a",""]}""")]
    [InlineData("""{"environment":{"A":null}}""")]
    [InlineData("""{"environment":{"A":""}}""")]
    [InlineData("""{"environment":{"B":""}}""")]
    [InlineData("""{"mem_limit":"67108864"}""")]
    public void Of_AnythingThatMakesTheContainerOtherwise_IsAnother(string changed)
    {
        string[] all = ["""{"command":["a"]}""", """{"command":["a",""]}""", """{"environment":{"A":null}}""", """{"environment":{"A":""}}""", """{"environment":{"B":""}}""", """{"mem_limit":"67108864"}""", "{}"];

        var digest = Of(_one, changed);
        all.Count(definition => Of(_one, definition) == digest).ShouldBe(1);
    }

    [Fact]
    public void Of_OtherImageId_IsAnotherAndWithoutIdsTheReferenceCounts()
    {
        var model = Model(_one, """{"image":"web:1"}""");
        var digest = ServiceDigest.Of(model, _one, Ids)["web"];

        ServiceDigest.Of(model, _one, new Dictionary<string, string> { ["web"] = "sha256:2" })["web"].ShouldNotBe(digest);
        ServiceDigest.Of(model.WithImages(new Dictionary<string, string> { ["web"] = "web:2" }), _one, Ids)["web"].ShouldBe(digest);
        ServiceDigest.Of(model.WithImages(new Dictionary<string, string> { ["web"] = "web:2" }), _one, new Dictionary<string, string>())["web"]
            .ShouldNotBe(ServiceDigest.Of(model, _one, new Dictionary<string, string>())["web"]);
    }

    [Fact]
    public void Of_SecretOfTheHostChanged_IsAnotherForTheServiceThatHasIt()
    {
        const string Top = ""","secrets":{"token":{"name":"token","external":true}}""";
        string With(string service, string digest) => ServiceDigest.Of(Model(_one, service, Top), _one, Ids, new Dictionary<string, string> { ["token"] = digest })["web"];

        With("""{"secrets":[{"source":"token"}]}""", "1").ShouldNotBe(With("""{"secrets":[{"source":"token"}]}""", "2"));
        With("{}", "1").ShouldBe(With("{}", "2"));
    }

    [Fact]
    public void Of_PipeInAMountedFolder_DoesNotHang()
    {
        using var made = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(_one, "conf/pipe")]);
        made.WaitForExit();

        Of(_one, """{"volumes":[{"type":"bind","source":"BUNDLE/conf","target":"/x"}]}""").Length.ShouldBe(64);
    }

    [Fact]
    public void Of_LinkInAMountedFolder_CountsByItsTargetAndIsNotFollowed()
    {
        const string Service = """{"volumes":[{"type":"bind","source":"BUNDLE/conf","target":"/x"}]}""";
        File.CreateSymbolicLink(Path.Combine(_one, "conf/link"), "/proc/self/environ");
        File.CreateSymbolicLink(Path.Combine(_other, "conf/link"), "/proc/self/status");

        Of(_one, Service).ShouldNotBe(Of(_other, Service));
    }

    [Fact]
    public void FrameOf_Networks_CountAndNothingElse()
    {
        var frame = ServiceDigest.FrameOf(Model(_one, "{}", ""","networks":{"default":{"name":"p_default"}}"""));

        ServiceDigest.FrameOf(Model(_one, "{}", ""","volumes":{"v":{}},"networks":{"default":{"name":"p_default"}}""")).ShouldBe(frame);
        ServiceDigest.FrameOf(Model(_one, "{}", ""","networks":{"default":{"name":"p_default","internal":true}}""")).ShouldNotBe(frame);
        ServiceDigest.FrameOf(Model(_one, "{}")).ShouldNotBe("");
    }

    private static string Of(string bundle, string service, string top = "") => ServiceDigest.Of(Model(bundle, service, top), bundle, Ids)["web"];

    private static ComposeModel Model(string bundle, string service, string top = "") =>
        ComposeModel.Parse($$"""{"services":{"web":{{service}}}{{top}}}""".Replace("BUNDLE", bundle, StringComparison.Ordinal));

    private static string Bundle()
    {
        var folder = Directory.CreateTempSubdirectory("mambo-plan-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "conf/deep"));
        foreach (var file in new[] { "conf/site.css", ".env", "conf/deep/x" })
            File.WriteAllText(Path.Combine(folder, file), "A");
        return folder;
    }
}
