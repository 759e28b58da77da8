using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

using Mambo.Cli.Deployments;

namespace Mambo.Cli.Tests.Deployments;

public sealed class BundlePackerTests : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pack_SameContentOtherTimesModesAndOrder_SameDigest()
    {
        _folder.Write("compose.yml", "services: {}");
        _folder.Write("html/a.html", "a");
        _folder.Write("html/b.html", "b");
        using var other = new TemporaryFolder();
        other.Write("html/b.html", "b", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        other.Write("html/a.html", "a");
        File.SetLastWriteTimeUtc(other.Write("compose.yml", "services: {}"), DateTime.UnixEpoch.AddYears(40));

        using var one = BundlePacker.Pack(_folder.Path);
        using var again = BundlePacker.Pack(_folder.Path);
        using var elsewhere = BundlePacker.Pack(other.Path);

        again.Digest.ShouldBe(one.Digest);
        elsewhere.Digest.ShouldBe(one.Digest);
        one.Files.ShouldBe(3);
    }

    [Fact]
    public void Pack_KnownFolder_HasTheDigestItHasOnEveryMachine()
    {
        // Made once and written down: another machine, another day, another version of .NET must find the same.
        _folder.Write("compose.yml", "services:\n  web:\n    image: nginx:alpine\n");
        _folder.Write("run.sh", "#!/bin/sh\n", Executable);
        _folder.Write($"{new string('d', 90)}/{new string('f', 90)}", "a name too long for the oldest tar");
        File.CreateSymbolicLink(_folder["latest"], "run.sh");

        using var bundle = BundlePacker.Pack(_folder.Path);

        bundle.Digest.ShouldBe("sha256:976963e1511c79500457763580ff00e19c5806c3e9879640a01b4d5d9829815f");
    }

    [Fact]
    public void Pack_ChangedByteOrExecuteBit_OtherDigest()
    {
        var file = _folder.Write("run.sh", "a");
        var digests = new List<string> { Digest() };
        File.WriteAllText(file, "b");
        digests.Add(Digest());
        File.SetUnixFileMode(file, Executable);
        digests.Add(Digest());

        digests.Distinct().Count().ShouldBe(3);

        string Digest()
        {
            using var bundle = BundlePacker.Pack(_folder.Path);
            return bundle.Digest;
        }
    }

    [Fact]
    public void Pack_Folder_EntriesAreSortedWithPlainModesAndNoTimes()
    {
        _folder.Write("z.txt", "z", UnixFileMode.UserRead);
        _folder.Write("a/run.sh", "run", Executable);
        File.CreateSymbolicLink(_folder["a/link"], "../z.txt");

        var entries = Entries();

        entries.Select(entry => $"{entry.EntryType} {entry.Name} {Convert.ToString((int)entry.Mode, 8)} {entry.LinkName}".TrimEnd()).ShouldBe(
            ["Directory a/ 755", "SymbolicLink a/link 755 ../z.txt", "RegularFile a/run.sh 755", "RegularFile z.txt 644"]);
        entries.ShouldAllBe(entry => entry.Uid == 0 && entry.Gid == 0 && entry.ModificationTime == DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public void Pack_LargeFile_DigestIsOfTheBytesAndGzipReadsThem()
    {
        var large = RandomNumberGenerator.GetBytes(300_000);
        File.WriteAllBytes(_folder["large.bin"], large);

        using var bundle = BundlePacker.Pack(_folder.Path);

        bundle.Digest.ShouldBe($"sha256:{Convert.ToHexStringLower(SHA256.HashData(bundle.Content))}");
        bundle.Content.Position = 0;
        using var tar = new TarReader(new GZipStream(bundle.Content, CompressionMode.Decompress));
        using var read = new MemoryStream();
        tar.GetNextEntry()!.DataStream!.CopyTo(read);
        read.ToArray().ShouldBe(large);
    }

    [Fact]
    public async Task Pack_Folder_TheUsualTarReadsIt()
    {
        _folder.Write("compose.yml", "services: {}");
        using var bundle = BundlePacker.Pack(_folder.Path);
        using var target = new TemporaryFolder();
        await using (var file = File.Create(target["bundle.tar.gz"]))
            await bundle.Content.CopyToAsync(file);

        using var tar = Process.Start(new ProcessStartInfo("tar", ["-xzf", target["bundle.tar.gz"], "-C", target.Path]) { RedirectStandardError = true })!;
        var error = await tar.StandardError.ReadToEndAsync();
        await tar.WaitForExitAsync();

        (tar.ExitCode, error).ShouldBe((0, ""));
        File.ReadAllText(target["compose.yml"]).ShouldBe("services: {}");
    }

    [Fact]
    public void Pack_GitMamboAndIgnored_AreLeftOut()
    {
        foreach (var path in (string[])["compose.yml", ".git/HEAD", "sub/.git/HEAD", ".mambo/secrets/api-token", "node_modules/a/b.js", "notes.log", "keep.log", "src/deep/x.tmp", ".env"])
            _folder.Write(path);
        _folder.Write(".mamboignore", "# comment\nnode_modules/\n*.log\n!keep.log\n**/*.tmp\n");

        Entries().Where(entry => entry.EntryType == TarEntryType.RegularFile).Select(entry => entry.Name).ShouldBe([".env", "compose.yml", "keep.log"]);
    }

    [Fact]
    public void Pack_HostileThings_EachIsNamedAtOnce()
    {
        File.CreateSymbolicLink(_folder["absolute"], "/etc/passwd");
        Directory.CreateDirectory(_folder["sub"]);
        File.CreateSymbolicLink(_folder["sub/up"], "../../outside");
        _folder.Write("back\\slash");
        using (var pipe = Process.Start("mkfifo", [_folder["pipe"]]))
            pipe.WaitForExit();

        var failure = Should.Throw<CommandFailure>(() => BundlePacker.Pack(_folder.Path));

        failure.ExitCode.ShouldBe(2);
        failure.Message.ShouldBe($"{_folder.Path} cannot be packed: 4 faults.");
        failure.Details.SkipLast(1).Order(StringComparer.Ordinal).ShouldBe(
        [
            "absolute: the link leads out of the folder, to /etc/passwd",
            "back\\slash: its name holds a control character or a backslash",
            "pipe: it is a device, a socket or a pipe",
            "sub/up: the link leads out of the folder, to ../../outside",
        ]);
        failure.Details[^1].ShouldBe("What the app does not need can be left out: name it in .mamboignore.");
    }

    [Fact]
    public void Pack_TooManyFiles_StopsAndNamesTheFullestFolder()
    {
        Directory.CreateDirectory(_folder["node_modules"]);
        for (var file = 0; file <= FolderContents.MostFiles; file++)
            File.WriteAllBytes(_folder[$"node_modules/{file}"], []);

        var failure = Should.Throw<CommandFailure>(() => BundlePacker.Pack(_folder.Path));

        failure.ExitCode.ShouldBe(2);
        failure.Message.ShouldBe($"{_folder.Path} holds more than 10,000 files and folders.");
        failure.Details[0].ShouldBe("Of the first 10,000, 10,000 are in node_modules/.");
    }

    private List<TarEntry> Entries()
    {
        using var bundle = BundlePacker.Pack(_folder.Path);
        using var tar = new TarReader(new GZipStream(bundle.Content, CompressionMode.Decompress));
        var entries = new List<TarEntry>();
        while (tar.GetNextEntry() is { } entry)
            entries.Add(entry);
        return entries;
    }
}
