using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

using Mambo.Contracts.Deployments;
using Mambo.TestEnvironment;

using static Mambo.Deployer.Tests.Bundles.HostileArchive;

namespace Mambo.Deployer.Tests.Bundles;

/// <summary>Bundles made to break out of their folder, to read the host's files, to get rights on it or to use it up; each through the whole service and the real compose.</summary>
[Trait("Needs", "Docker")]
public sealed class HostileBundlesTests(HostileBundlesTests.Running running) : IClassFixture<HostileBundlesTests.Running>
{
    private const string Canary = "/tmp/mambo-hostile-canary";
    private const string Web = "services:\n  web:\n    image: mambo-web:local\n";

    public static TheoryData<string, byte[], string> Archives => new()
    {
        { "parent", HostileArchive.Of(File("compose.yml"), File($"../../../../../../..{Canary}")), "has .. in its path" },
        { "parent in the middle", HostileArchive.Of(File($"a/b/../../../../../../../../..{Canary}")), "has .. in its path" },
        { "parent at the end", HostileArchive.Of(Folder("a/..")), "has .. in its path" },
        { "absolute", HostileArchive.Of(File(Canary)), "has an absolute path" },
        { "backslashes", HostileArchive.Of(File("..\\..\\x")), "has a backslash" },
        { "absolute link", HostileArchive.Of(Link("x", "/etc")), "is a symbolic link that leaves the bundle" },
        { "link to the parent", HostileArchive.Of(File("compose.yml"), Link("x", "..")), "is a symbolic link that leaves the bundle" },
        { "link by way of another", HostileArchive.Of(File("compose.yml"), Folder("z"), Link("a/b/s", "../../z"), Link("q", "a/b/s/../../x")), "is a symbolic link that leaves the bundle" },
        { "links in a circle", HostileArchive.Of(File("compose.yml"), Link("a", "b"), Link("b", "a")), "leads in a circle" },
        { "write through a link", HostileArchive.Of(Link("x", "y"), File("x/z")), "would be written through the symbolic link" },
        { "compose file is a link to the host", HostileArchive.Of(Link("compose.yml", "../../../../../../etc/passwd")), "is a symbolic link that leaves the bundle" },
        { "hard link out", HostileArchive.Of(HardLink("x", "../../../../../../etc/passwd")), "is a hard link that leaves the bundle" },
        { "absolute hard link", HostileArchive.Of(HardLink("x", "/etc/passwd")), "is a hard link that leaves the bundle" },
        { "hard link to a link", HostileArchive.Of(Link("s", "y"), HardLink("x", "s")), "is a hard link to no file before it" },
        { "character device", HostileArchive.Of(HostileArchive.Of(TarEntryType.CharacterDevice, "mem")), "is a device or a pipe" },
        { "block device", HostileArchive.Of(HostileArchive.Of(TarEntryType.BlockDevice, "sda")), "is a device or a pipe" },
        { "pipe", HostileArchive.Of(HostileArchive.Of(TarEntryType.Fifo, "compose.yml")), "is a device or a pipe" },
        { "bomb", HostileArchive.Of(File("zeros", new string('0', 17_000_000))), "unpacks to more than" },
        { "bomb of hard links", HostileArchive.Of([File("f", new string('0', 9_000_000)), HardLink("g", "f")]), "unpacks to more than" },
        { "many entries", HostileArchive.Of(Enumerable.Range(0, 1001).Select(n => Folder($"d{n}"))), "more than 1,000 entries" },
        { "deep nesting", HostileArchive.Of(File(string.Concat(Enumerable.Repeat("d/", 600)) + "x")), "has a path that is too long" },
        { "long name", HostileArchive.Of(File(new string('n', 256))), "has a path that is too long" },
        { "the same file twice", HostileArchive.Of(File("compose.yml", Web), File("./compose.yml", "evil")), "is in the archive twice" },
        { "a file below a file", HostileArchive.Of(File("compose.yml", Web), File("compose.yml/x")), "which is a file" },
        { "control character", HostileArchive.Of(File("a\u001b[2Jb")), "has a control character" },
        { "no gzip", Encoding.UTF8.GetBytes(Web), "is not a whole tar.gz" },
        { "truncated", HostileArchive.Of(File("compose.yml", Convert.ToHexString(RandomNumberGenerator.GetBytes(4000))))[..^600], "is not a whole tar.gz" },
        { "negative size", new RawTar().Entry("compose.yml", Web, size: [.. Enumerable.Repeat((byte)0xFF, 12)]).Packed(), "is not a whole tar.gz" },
        { "size that is no number", new RawTar().Entry("compose.yml", Web, size: "zzzzzzzzzzz\0"u8.ToArray()).Packed(), "is not a whole tar.gz" },
        { "size beyond the end", new RawTar().Entry("compose.yml", Web, size: "00077777777\0"u8.ToArray()).Packed(), "is not a whole tar.gz" },
        { "enormous size", new RawTar().Entry("compose.yml", Web, size: [0x80, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).Packed(), "is not a whole tar.gz" },
        { "path in a pax header", new RawTar().Pax("path", $"../../../../../../..{Canary}").Entry("compose.yml", Web).Packed(), "has .. in its path" },
        { "link in a pax header", new RawTar().Pax("linkpath", "/etc/passwd").Entry("x", type: '2', link: "y").Packed(), "is a symbolic link that leaves the bundle" },
        { "NUL in a pax header", new RawTar().Pax("path", "compose.yml\0/../../x").Entry("x", Web).Packed(), "control character" },
        { "long name of GNU", new RawTar().Entry("././@LongLink", $"../../../../../../..{Canary}\0", type: 'L').Entry("x", Web).Packed(), "has .. in its path" },
        { "sparse file of GNU", new RawTar().Entry("compose.yml", Web, type: 'S').Packed(), "is not a whole tar.gz" },
        { "kind nobody knows", new RawTar().Entry("compose.yml", Web, type: 'Z').Packed(), "Only files, folders and links belong in a bundle" },
        { "no name", new RawTar().Entry("", Web).Packed(), "has no name" },
        { "name of dots", new RawTar().Entry("./.", Web).Packed(), "has no name" },
        { "an archive in an archive", HostileArchive.Of(File("app.tar.gz", "x")), "has no compose.yml at its top" },
        { "name in another case", HostileArchive.Of(File("Compose.YML", Web)), "has no compose.yml at its top" },
    };

    public static TheoryData<string, string, string> ComposeFiles => new()
    {
        { "aliases that multiply", Bomb(), "once its aliases are written out" },
        { "alias of itself", "x-a: &a [*a]\n" + Web, "stands for itself" },
        { "deep YAML", $"x-a: {new string('[', 200)}{new string(']', 200)}\n" + Web, "nests deeper than 100" },
        { "ten megabytes", $"#{new string('x', 10_000_000)}\n" + Web, "a compose file may have 1,048,576" },
        { "tabs", "services:\n\tweb:\n\t\timage: a\n", "not valid YAML" },
        { "key twice", Web + "    image: other\n", "compose.yml" },
        { "include outside", "include: [../../../../../../etc/passwd]\n" + Web, "leaves the bundle" },
        { "include from the network", "include: ['https://example.org/evil.git']\n" + Web, "is not a path in the bundle" },
        { "include with a variable", "include: ['${HOME}/x.yml']\n" + Web, "has a variable in it" },
        { "extends outside", Web + "    extends: {file: /etc/passwd, service: web}\n", "leaves the bundle" },
        { "env_file outside", Web + "    env_file: ../../../.env\n", "leaves the bundle" },
        { "env_file through an anchor", "x-a: &a {env_file: [{path: /etc/shadow}]}\n" + Web + "    <<: *a\n", "leaves the bundle" },
        { "config of the host", Web + "    configs: [c]\nconfigs: {c: {file: /etc/shadow}}\n", "/etc/shadow is outside the app's bundle" },
        { "secret of the host", Web + "    secrets: [s]\nsecrets: {s: {file: ../../../secrets/api-token}}\n", "is outside the app's bundle" },
        { "root of the host", Web + "    volumes: ['/:/host']\n", "/ is outside the app's bundle" },
        { "bundle of another app", Web + "    volumes: ['../../../other:/x']\n", "is outside the app's bundle" },
        { "host folder as a volume", Web + "    volumes: ['data:/x']\nvolumes: {data: {driver_opts: {type: none, o: bind, device: /etc}}}\n", "/etc is outside the app's bundle" },
        { "engine's socket", Web + "    volumes: ['/var/run/docker.sock:/s']\n", "allow: [dockerSocket]" },
        { "privileged", Web + "    privileged: true\n", "allow: [privileged]" },
        { "host's network", Web + "    network_mode: host\n", "allow: [hostNetwork]" },
        { "network of another app", Web + "    network_mode: mambo-other_default\n", "allow: [external]" },
        { "container of another app", Web + "    network_mode: container:other\n", "allow: [hostNamespaces]" },
        { "host's processes", Web + "    pid: host\n", "allow: [hostNamespaces]" },
        { "host's memory", Web + "    ipc: host\n", "allow: [hostNamespaces]" },
        { "volumes of another app", Web + "    volumes_from: ['container:other']\n", "allow: [hostNamespaces]" },
        { "capability", Web + "    cap_add: [SYS_ADMIN]\n", "allow: [capabilities]" },
        { "all capabilities", Web + "    cap_add: [ALL]\n", "allow: [capabilities]" },
        { "device", Web + "    devices: ['/dev/mem:/dev/mem']\n", "allow: [devices]" },
        { "without seccomp", Web + "    security_opt: ['seccomp:unconfined']\n", "allow: [unconfined]" },
        { "external network", Web + "    networks: [n]\nnetworks: {n: {external: true, name: mambo-other_default}}\n", "allow: [external]" },
        { "external volume", Web + "    volumes: ['data:/x']\nvolumes: {data: {external: true, name: mambo-other_data}}\n", "allow: [external]" },
        { "volume by another app's name", Web + "    volumes: ['data:/x']\nvolumes: {data: {name: mambo-other_data}}\n", "allow: [external]" },
        { "host's network by name", Web + "    networks: [n]\nnetworks: {n: {external: true, name: host}}\n", "allow: [hostNetwork]" },
        { "macvlan", Web + "    networks: [n]\nnetworks: {n: {driver: macvlan}}\n", "allow: [hostNetwork]" },
        { "nothing but a build", "services: {web: {build: .}}\n", "Nothing is built on this host" },
        { "one-shot nobody waits for", Web + "    restart: 'no'\n", "nobody waits for it" },
        { "rolled with a fixed name", Web + "    container_name: x\n    labels: {mambo.rollout: roll}\n", "It cannot be rolled" },
        { "rollout of no kind", Web + "    labels: {mambo.rollout: blue-green}\n", "is neither roll nor recreate" },
        { "job of no kind", Web + "    labels: {mambo.job: nightly}\n", "is not pre-deploy" },
        { "variable that must be set", "services: {web: {image: '${NOPE:?say which}'}}\n", "say which" },
    };

    [Theory]
    [MemberData(nameof(Archives))]
    public async Task Deploy_HostileArchive_IsRejectedAndLeavesNothing(string name, byte[] archive, string problem)
    {
        var failed = await RejectedAsync(new Bundle(archive), name);

        failed.Errors.ShouldHaveSingleItem(name).Field.ShouldBe("bundle", name);
        failed.Errors[0].Problem.ShouldContain(problem, Case.Sensitive, name);
    }

    [Theory]
    [MemberData(nameof(ComposeFiles))]
    public async Task Deploy_HostileComposeFile_IsRejectedAndStartsNothing(string name, string compose, string problem)
    {
        var failed = await RejectedAsync(Bundle.Of(("compose.yml", compose)), name);

        string.Join('\n', failed.Errors.Select(fault => $"{fault.Field}: {fault.Problem}")).ShouldContain(problem, Case.Sensitive, name);
        (await DockerCommand.ContainersOfAsync(running.Deployer.ProjectOf("evil"))).ShouldBeEmpty(name);
    }

    [Fact]
    public async Task Deploy_ManyFaults_AreToldAllAtOnce()
    {
        var failed = await RejectedAsync(Bundle.Of(("compose.yml", Web + "    privileged: true\n    pid: host\n    volumes: ['/etc:/x']\n    labels: {mambo.job: x}\n")), "many");

        failed.Errors.Select(fault => fault.Field).ShouldBe(["services.web.labels.mambo.job", "services.web.privileged", "services.web.pid", "services.web.volumes"]);
    }

    private async Task<DeploymentFailed> RejectedAsync(Bundle bundle, string name)
    {
        var before = Outside();

        var failed = (await running.Deployer.DeployAsync("evil", bundle)).ShouldBeOfType<DeploymentFailed>(name);

        failed.Reason.ShouldBe(DeploymentFailureReason.Rejected, $"{name}: {failed.Message}");
        Outside().ShouldBe(before, name);
        System.IO.File.Exists(Canary).ShouldBeFalse(name);
        Directory.EnumerateFileSystemEntries(Path.Combine(running.Deployer.Home, "apps", "evil", "bundles")).ShouldBeEmpty(name);
        return failed;
    }

    /// <summary>What lies in the platform's home beside journals, stored bundles and the app's own.</summary>
    private List<string> Outside() =>
    [
        .. Directory.EnumerateFileSystemEntries(running.Deployer.Home, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(running.Deployer.Home, path))
            .Where(path => path != "apps" && !path.StartsWith("apps/evil", StringComparison.Ordinal) && !path.StartsWith("bundles", StringComparison.Ordinal) && !path.Contains(".db", StringComparison.Ordinal)).Order(),
    ];

    private static string Bomb() => string.Concat(Enumerable.Range(1, 8).Select(n => $"x-{n}: &a{n} [{string.Join(',', Enumerable.Repeat($"*a{n - 1}", 10))}]\n").Prepend("x-0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"))
        + "services: {web: {image: a, command: *a8}}\n";

    /// <summary>One service for all cases.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal DeployerHost Deployer { get; } = new(("deployer.maxUnpackedBytes", "16MiB"), ("deployer.maxBundleFiles", "1000"));

        public Task InitializeAsync() => Deployer.StartAsync();

        public Task DisposeAsync() => Deployer.DisposeAsync().AsTask();
    }
}
