using System.Diagnostics;

using Mambo.TestEnvironment;

namespace Mambo.Cli.Tests.Development;

/// <summary>A real bash loads the script and completes; <c>mambo</c> is the program beside the tests.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CompletionTests() => _folder.Write(
        "mambo", $"#!/bin/sh\nexec dotnet {ServiceProcess.PathOf("Mambo.Cli")} \"$@\"\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mambo de", "deploy")]
    [InlineData("mambo completion b", "bash")]
    [InlineData("mambo token rev", "revoke")]
    [InlineData("mambo events --ver", "--verify")]
    [InlineData("mambo bench f", "footprint")]
    [InlineData("mambo events --type bundle", "bundle-stored")]
    [InlineData("mambo frobnicate x", "")]
    public async Task Bash_Tab_Completes(string line, string expected)
    {
        // What bash does at <TAB>: sets these, calls the function named by complete -p, reads COMPREPLY.
        const string Script = """
            source <(mambo completion bash)
            COMP_LINE=$1 COMP_POINT=${#1}
            read -ra COMP_WORDS <<<"$1"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            complete -p mambo >/dev/null
            _mambo mambo "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\n' "${COMPREPLY[@]}"
            """;

        (await BashAsync(Script, line)).ShouldBe(expected);
    }

    [Fact]
    public async Task Bash_RootWithNothingTyped_OffersEveryCommand()
    {
        const string Script = """
            source <(mambo completion bash)
            COMP_LINE='mambo ' COMP_POINT=6 COMP_WORDS=(mambo '') COMP_CWORD=1
            _mambo mambo '' mambo
            printf '%s\n' "${COMPREPLY[@]}"
            """;

        (await BashAsync(Script, "")).Split('\n').ShouldBe(["--help", "--home", "--json", "--no-color", "--version", "-h", "bench", "cancel", "completion", "deploy", "down", "events", "init", "releases", "rollback", "status", "test", "token", "up", "version"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("zsh", "compdef _mambo mambo")]
    [InlineData("fish", "complete -c mambo")]
    public async Task Completion_OtherShells_PrintTheirScript(string shell, string expected) =>
        (await CommandRun.OfAsync([], "completion", shell)).Output.ShouldContain(expected);

    private async Task<string> BashAsync(string script, string line)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script, "bash", line]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder.Path}:{start.Environment["PATH"]}";
        using var bash = Process.Start(start)!;
        var (output, error) = (bash.StandardOutput.ReadToEndAsync(), bash.StandardError.ReadToEndAsync());
        await bash.WaitForExitAsync();
        bash.ExitCode.ShouldBe(0, await error);
        return (await output).TrimEnd('\n');
    }
}
