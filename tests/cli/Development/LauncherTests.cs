using System.Diagnostics;

using Mambo.TestEnvironment;

namespace Mambo.Cli.Tests.Development;

/// <summary>The launcher in a scratch repository, with a <c>dotnet</c> that writes down what it is asked and makes what a build would make.</summary>
public sealed class LauncherTests : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();
    private string _searchPath;

    public LauncherTests()
    {
        _searchPath = $"{_folder["bin"]}:/usr/bin:/bin";
        File.Copy(GoldenFile.PathOf("mambo"), _folder["mambo"]);
        foreach (var source in (string[])["cli/Program.cs", "contracts/A.cs", "services/B.cs", "Directory.Build.props", "Directory.Packages.props", "global.json"])
            File.SetLastWriteTimeUtc(_folder.Write(source), DateTime.UtcNow.AddHours(-1));
        foreach (var folder in (string[])["cli", "contracts", "services"])
            Directory.SetLastWriteTimeUtc(_folder[folder], DateTime.UtcNow.AddHours(-1));
        Dotnet("""
            if [ "$1" = build ]; then mkdir -p artifacts/bin/Mambo.Cli/release; touch artifacts/bin/Mambo.Cli/release/Mambo.Cli.dll; fi
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Mambo_FirstTime_BuildsThenRunsTheCommand()
    {
        var (code, calls, error) = await MamboAsync("status", "with space");

        code.ShouldBe(0, error);
        calls.Length.ShouldBe(3);
        calls[0].ShouldStartWith($"build {_folder.Path}/cli/Mambo.Cli.csproj ");
        calls[1].ShouldStartWith($"build {_folder.Path}/services/all-in-one/Mambo.AllInOne.csproj ");
        calls[2].ShouldBe($"{_folder.Path}/artifacts/bin/Mambo.Cli/release/Mambo.Cli.dll status with space [{_folder.Path}]");
        error.ShouldStartWith("building mambo …\nbuilt (");
    }

    [Fact]
    public async Task Mambo_NothingChanged_DoesNotBuild()
    {
        await MamboAsync("version");

        var (_, calls, error) = await MamboAsync("version");

        calls.Length.ShouldBe(1);
        error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Mambo_SourceChangedOrDeleted_BuildsAgain()
    {
        await MamboAsync("version");
        File.SetLastWriteTimeUtc(_folder["contracts/A.cs"], DateTime.UtcNow.AddSeconds(2));
        (await MamboAsync("version")).Calls.Length.ShouldBe(3);

        File.SetLastWriteTimeUtc(_folder["contracts/A.cs"], DateTime.UtcNow.AddHours(-1));
        File.Delete(_folder["services/B.cs"]);
        Directory.SetLastWriteTimeUtc(_folder["services"], DateTime.UtcNow.AddSeconds(2));
        (await MamboAsync("version")).Calls.Length.ShouldBe(3);
    }

    [Fact]
    public async Task Mambo_DoesNotBuild_ShowsTheErrorsAndRunsNothing()
    {
        Dotnet("""if [ "$1" = build ]; then echo '/x/A.cs(1,1): error CS1002: ; expected'; echo noise; exit 1; fi""");

        var (code, calls, error) = await MamboAsync("version");

        code.ShouldBe(1);
        calls.Length.ShouldBe(1);
        error.ShouldBe($"building mambo …\n/x/A.cs(1,1): error CS1002: ; expected\nmambo: cli/Mambo.Cli.csproj does not build; all of it is in {_folder.Path}/artifacts/mambo-build.log\n");
    }

    [Fact]
    public async Task Mambo_ThroughALinkFromElsewhere_FindsItsRepository()
    {
        File.CreateSymbolicLink(_folder["link"], "mambo");

        var (_, calls, _) = await MamboAsync("link", "version");

        calls[^1].ShouldEndWith($"[{_folder.Path}]");
    }

    [Fact]
    public async Task Mambo_WithoutDotnet_SaysWhereToGetIt()
    {
        File.Delete(_folder["bin/dotnet"]);
        foreach (var tool in (string[])["bash", "dirname", "readlink"])
            File.CreateSymbolicLink(_folder[$"bin/{tool}"], File.Exists($"/usr/bin/{tool}") ? $"/usr/bin/{tool}" : $"/bin/{tool}");

        _searchPath = _folder["bin"];

        var (code, _, error) = await MamboAsync("version");

        code.ShouldBe(1);
        error.ShouldStartWith("mambo: the .NET SDK 10 is missing.");
    }

    private void Dotnet(string build) => _folder.Write("bin/dotnet", $"""
        #!/bin/bash
        cd '{_folder.Path}'
        echo "$*$([ "$1" = build ] || echo " [$MAMBO_REPOSITORY]")" >>calls
        {build}
        """, Executable);

    private async Task<(int Code, string[] Calls, string Error)> MamboAsync(params string[] args)
    {
        File.Delete(_folder["calls"]);
        var (script, rest) = args[0] == "link" ? ("link", args[1..]) : ("mambo", args);
        var start = new ProcessStartInfo(_folder[script], rest) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = _searchPath;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        await output;
        return (process.ExitCode, File.Exists(_folder["calls"]) ? File.ReadAllLines(_folder["calls"]) : [], await error);
    }
}
