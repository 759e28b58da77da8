using System.Formats.Tar;
using System.Security.Cryptography;

using Mambo.Deployer.Bundles;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;

using static Mambo.Deployer.Tests.Bundles.HostileArchive;

namespace Mambo.Deployer.Tests.Bundles;

public sealed class BundleStoreTests : IDisposable
{
    private readonly MamboPaths _paths = new(Directory.CreateTempSubdirectory("mambo-bundles-").FullName);
    private readonly DeployerOptions _options = new() { MaxBundleFiles = 20, MaxUnpackedBytes = 100_000 };

    private string Bundles => Path.Combine(_paths.Apps, "shop", "bundles");

    public void Dispose() => Directory.Delete(_paths.Home, recursive: true);

    [Fact]
    public async Task Unpack_HonestBundle_KeepsFilesLinksAndModesButNoSetuid()
    {
        var folder = await UnpackAsync(HostileArchive.Of(
            File("./compose.yml", "services: {}"),
            Folder("bin/"),
            File("bin/run", "#!", UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.StickyBit),
            Link("current", "bin/../bin/run"),
            HardLink("again", "bin/run")));

        System.IO.File.ReadAllText(Path.Combine(folder, "current")).ShouldBe("#!");
        System.IO.File.ReadAllText(Path.Combine(folder, "again")).ShouldBe("#!");
        System.IO.File.GetUnixFileMode(Path.Combine(folder, "bin/run"))
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
    }

    [Theory]
    [InlineData("compose.yml")]
    [InlineData("compose.yaml")]
    [InlineData("docker-compose.yml")]
    public async Task Unpack_EachNameOfAComposeFile_IsFound(string name)
    {
        var digest = Put(HostileArchive.Of(File(name)));

        (await Store().UnpackAsync("shop", digest, default)).ShouldBe(name);
        (await Store().UnpackAsync("shop", digest, default)).ShouldBe(name);
    }

    [Fact]
    public async Task Unpack_CutOffBefore_BeginsAnew()
    {
        var digest = Put(HostileArchive.Of(File("compose.yml")));
        var half = Directory.CreateDirectory(Path.Combine(Bundles, $"{digest.Hex}.part"));
        System.IO.File.WriteAllText(Path.Combine(half.FullName, "compose.yml"), "half");

        await Store().UnpackAsync("shop", digest, default);

        Directory.EnumerateDirectories(Bundles).ShouldBe([Path.Combine(Bundles, digest.Hex)]);
        System.IO.File.ReadAllText(Path.Combine(Bundles, digest.Hex, "compose.yml")).ShouldBe("x");
    }

    public static TheoryData<string, byte[], string> Enemies => new()
    {
        { "absolute path", HostileArchive.Of(File("/etc/cron.d/x")), "The entry \"/etc/cron.d/x\" has an absolute path." },
        { "..", HostileArchive.Of(File("a/../../x")), "The entry \"a/../../x\" has .. in its path." },
        { "backslash", HostileArchive.Of(File("a\\x")), "has a backslash" },
        { "control character", HostileArchive.Of(File("a\tb")), "The entry \"a?b\" has a control character" },
        { "absolute symlink", HostileArchive.Of(Link("x", "/etc/passwd")), "The entry \"x\" is a symbolic link that leaves the bundle" },
        { "escaping symlink", HostileArchive.Of(File("compose.yml"), Link("a/x", "../../etc")), "The entry \"a/x\" is a symbolic link that leaves the bundle" },
        {
            "symlink that escapes only through another",
            HostileArchive.Of(File("compose.yml"), Folder("z"), Link("a/b/s", "../../z"), Link("q", "a/b/s/../../x")),
            "The entry \"q\" is a symbolic link that leaves the bundle"
        },
        { "symlinks in a circle", HostileArchive.Of(File("compose.yml"), Link("a", "b"), Link("b", "a")), "leads in a circle" },
        { "write through a symlink", HostileArchive.Of(Link("a", "b"), File("a/x")), "The entry \"a/x\" would be written through the symbolic link a." },
        { "write onto a symlink", HostileArchive.Of(Link("a", "b"), File("a")), "The entry \"a\" is in the archive twice." },
        { "escaping hard link", HostileArchive.Of(HardLink("x", "../../etc/passwd")), "The entry \"x\" is a hard link that leaves the bundle." },
        { "absolute hard link", HostileArchive.Of(HardLink("x", "/etc/passwd")), "The entry \"x\" is a hard link that leaves the bundle." },
        { "hard link through a symlink", HostileArchive.Of(Link("s", "y"), HardLink("x", "s")), "The entry \"x\" is a hard link to no file before it" },
        { "character device", HostileArchive.Of(HostileArchive.Of(TarEntryType.CharacterDevice, "null")), "The entry \"null\" is a device or a pipe." },
        { "block device", HostileArchive.Of(HostileArchive.Of(TarEntryType.BlockDevice, "sda")), "The entry \"sda\" is a device or a pipe." },
        { "fifo", HostileArchive.Of(HostileArchive.Of(TarEntryType.Fifo, "pipe")), "The entry \"pipe\" is a device or a pipe." },
        { "twice", HostileArchive.Of(File("x"), File("./x")), "The entry \"x\" is in the archive twice." },
        { "below a file", HostileArchive.Of(File("x"), File("x/y")), "The entry \"x/y\" lies under x, which is a file." },
        { "path too long", HostileArchive.Of(File(string.Join('/', Enumerable.Repeat("abcdefghi", 120)))), "has a path that is too long" },
        { "name too long", HostileArchive.Of(File(new string('a', 256))), "has a path that is too long" },
        { "too many", HostileArchive.Of(Enumerable.Range(0, 21).Select(n => File($"f{n}"))), "The bundle has too many files: more than 20 entries (deployer.maxBundleFiles)." },
        { "bomb", HostileArchive.Of(File("zeros", new string('0', 5_000_000))), "The bundle is too large: it unpacks to more than 100,000 bytes (deployer.maxUnpackedBytes)." },
        { "bomb of hard links", HostileArchive.Of([File("f", new string('0', 60_000)), HardLink("g", "f"), HardLink("h", "f")]), "The bundle is too large" },
        { "truncated", HostileArchive.Of(File("compose.yml", Convert.ToHexString(RandomNumberGenerator.GetBytes(2000))))[..^400], "The bundle is not a whole tar.gz" },
        { "no gzip", "services: {}"u8.ToArray(), "The bundle is not a whole tar.gz" },
        { "no tar", Gzip(new string('x', 2000)), "The bundle is not a whole tar.gz" },
        { "nothing", HostileArchive.Of(Folder("./")), "The bundle has no compose.yml at its top" },
        { "compose file below the top", HostileArchive.Of(File("app/compose.yml")), "The bundle has no compose.yml at its top" },
        { "compose file that leads nowhere", HostileArchive.Of(Link("compose.yml", "gone.yml")), "The bundle has no compose.yml at its top" },
    };

    [Theory]
    [MemberData(nameof(Enemies))]
    public async Task Unpack_ArchiveOfAnEnemy_IsRefusedAndNothingIsLeft(string name, byte[] archive, string problem)
    {
        var fault = await Should.ThrowAsync<BundleFault>(UnpackAsync(archive), name);

        fault.Message.ShouldContain(problem);
        Directory.EnumerateFileSystemEntries(Bundles).ShouldBeEmpty();
        System.IO.File.Exists(Path.Combine(_paths.Apps, "x")).ShouldBeFalse();
    }

    [Fact]
    public async Task Unpack_BytesDoNotMatch_IsBadDigestWhateverElseIsWrong()
    {
        var digest = Put(HostileArchive.Of(File("compose.yml")));
        foreach (var bytes in (byte[][])[HostileArchive.Of(File("compose.yml", "other")), "damaged"u8.ToArray()])
        {
            System.IO.File.WriteAllBytes(_paths.Bundle(digest.Value), bytes);

            (await Should.ThrowAsync<BundleFault>(Store().UnpackAsync("shop", digest, default))).Message.ShouldStartWith($"Bad digest: the stored bytes of {digest} have the digest sha256:");
        }
    }

    [Fact]
    public async Task Unpack_NotStored_SaysToUploadIt()
    {
        var digest = BundleDigest.Of(SHA256.HashData("x"u8));

        (await Should.ThrowAsync<BundleFault>(Store().UnpackAsync("shop", digest, default))).Message.ShouldBe($"The bundle {digest} is not stored on this host. Upload it first: PUT /api/bundles/{digest}.");
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private BundleStore Store() => new(_paths, new ReleaseFolders(_paths, new PlatformIdentity("mambo", "local", "1"), new PlatformOptions(), _options), _options);

    private BundleDigest Put(byte[] archive)
    {
        var digest = BundleDigest.Of(SHA256.HashData(archive));
        Directory.CreateDirectory(_paths.Bundles);
        System.IO.File.WriteAllBytes(_paths.Bundle(digest.Value), archive);
        return digest;
    }

    private async Task<string> UnpackAsync(byte[] archive)
    {
        var digest = Put(archive);
        await Store().UnpackAsync("shop", digest, default);
        return Path.Combine(Bundles, digest.Hex);
    }
}
