using Mambo.Deployer.Releases;
using Mambo.Deployer.Secrets;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Tests.Secrets;

public sealed class SecretStoreTests : IDisposable
{
    private static readonly Dictionary<string, string> Wanted = new() { ["db"] = "db-password" };
    private static readonly Dictionary<string, ReleasedSecret> New = [];

    private readonly MamboPaths _paths = new(Directory.CreateTempSubdirectory("mambo-secrets-").FullName);
    private readonly ReleaseFolders _folders;

    public SecretStoreTests()
    {
        Directory.CreateDirectory(Path.Combine(_paths.Home, "data"));
        _folders = new ReleaseFolders(_paths, null!, new PlatformOptions(), new DeployerOptions());
    }

    public void Dispose() => Directory.Delete(_paths.Home, recursive: true);

    [Fact]
    public async Task Take_SetSecret_IsCopiedForTheContainersInAFolderOnlyTheOwnerEnters()
    {
        Set("db-password", "tiger", version: 3);

        var secret = (await Store().TakeAsync("shop", Wanted, New, default)).Taken["db"];

        secret.ShouldSatisfyAllConditions(() => secret.Name.ShouldBe("db-password"), () => secret.Version.ShouldBe(3), () => secret.Digest.ShouldMatch("^[0-9a-f]{32}$"));
        var copy = _folders.Secret("shop", secret);
        File.ReadAllText(copy).ShouldBe("tiger");
        File.GetUnixFileMode(copy).ShouldBe(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.GetUnixFileMode(_folders.Secrets("shop")).ShouldBe(PrivateFile.OwnerOnlyFolder);
    }

    [Fact]
    public async Task Take_Digest_DependsOnContentNameAndTheKeyOfTheHost()
    {
        Set("db-password", "tiger");
        var first = await DigestAsync();
        (await DigestAsync()).ShouldBe(first);

        Set("db-password", "lion");
        var changed = await DigestAsync();
        changed.ShouldNotBe(first);

        var key = Path.Combine(_paths.Home, "data/secret-digests.key");
        File.GetUnixFileMode(key).ShouldBe(PrivateFile.OwnerOnly);
        File.Delete(key);
        (await DigestAsync()).ShouldNotBe(changed);
    }

    [Fact]
    public async Task Take_Recalled_IsWhatItWasThen()
    {
        Set("db-password", "tiger");
        var then = (await Store().TakeAsync("shop", Wanted, New, default)).Taken;
        Set("db-password", "lion");

        (await Store().TakeAsync("shop", Wanted, then, default)).Taken.ShouldBe(then);

        File.Delete(_folders.Secret("shop", then["db"]));
        (await Store().TakeAsync("shop", Wanted, then, default)).Faults.ShouldHaveSingleItem().Problem.ShouldBe("Version 1 of db-password is not kept any more. Deploy shop anew instead of going back.");
    }

    [Fact]
    public async Task Take_Faults_AreAllSaidWithTheRemedy()
    {
        Set("open", "x", mode: PrivateFile.OwnerOnly | UnixFileMode.OtherRead);
        Set("large", new string('x', 501 * 1024));
        var wanted = new Dictionary<string, string> { ["a"] = "none", ["b"] = "../../secrets/api-token", ["c"] = "open", ["d"] = "large" };

        var faults = (await Store().TakeAsync("shop", wanted, New, default)).Faults;

        faults.Select(fault => $"{fault.Field}: {fault.Problem}").ShouldBe(
        [
            "secrets.a: shop has no secret none. Set it on this host: mambo secrets set shop none",
            "secrets.b: \"../../secrets/api-token\" is no name of a secret. Write 1 to 64 letters, digits, and single hyphens or low lines between them, beginning with a letter.",
            $"secrets.c: The file {_paths.AppSecrets}/shop/open is open to other users. Run: chmod 600 {_paths.AppSecrets}/shop/open",
            "secrets.d: It is larger than 500 KiB. Put only the secret into it.",
        ]);
    }

    private SecretStore Store() => new(_paths, _folders, new SecretDigest(_paths));

    private async Task<string> DigestAsync() => (await Store().TakeAsync("shop", Wanted, New, default)).Taken["db"].Digest;

    private void Set(string name, string value, int version = 1, UnixFileMode mode = PrivateFile.OwnerOnly)
    {
        var file = Path.Combine(_paths.AppSecrets, "shop", name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        PrivateFile.Write(file, System.Text.Encoding.UTF8.GetBytes(value), mode);
        File.WriteAllText($"{file}.version", $"{version}");
    }
}
