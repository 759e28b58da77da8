using System.Diagnostics;
using System.Text.Json;

using Mambo.TestEnvironment;

namespace Mambo.Cli.Tests.Running;

/// <summary>The program as a person runs it, with the real platform and a real engine.</summary>
[Trait("Needs", "Docker")]
public sealed class UpAndDownTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose()
    {
        Run("down");
        _home.Dispose();
    }

    [Fact]
    public void Up_Detached_RunsUntilDownAndSaysSoInBetween()
    {
        var up = Run("up", "--detach", "--no-install", "--no-sample");
        up.Code.ShouldBe(0, up.Error);
        up.Output.ShouldContain("✔ platform ");
        up.Output.ShouldContain("log    " + _home["logs/mambo.log"]);
        var process = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(_home["run/mambo.json"])).GetProperty("pid").GetInt32();

        var again = Run("up", "--detach", "--no-sample");
        again.Code.ShouldBe(0, again.Error);
        again.Output.ShouldContain($"runs already, as process {process}.");

        Run("status", "--json").Code.ShouldBe(0);

        var down = Run("down");
        down.Code.ShouldBe(0, down.Error);
        down.Output.ShouldContain($"process {process}, has stopped");
        Directory.Exists($"/proc/{process}").ShouldBeFalse();
        Run("status").Code.ShouldBe(1);
        Run("down").Output.ShouldContain("no platform runs on");
    }

    [Fact]
    public async Task Up_Foreground_CtrlCStopsThePlatformCleanly()
    {
        using var up = Start("up", "--no-install", "--no-sample");
        var output = new List<string>();
        while (await up.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith("Ctrl-C", StringComparison.Ordinal))
            output.Add(line);
        File.Exists(_home["run/mambo.json"]).ShouldBeTrue(string.Join('\n', output));

        using (var signal = Process.Start("kill", ["-INT", up.Id.ToString()]))
            await signal.WaitForExitAsync();
        await up.WaitForExitAsync();

        up.ExitCode.ShouldBe(0);
        (await up.StandardOutput.ReadToEndAsync()).ShouldBe("stopping …\nThe platform has stopped.\n");
        File.Exists(_home["run/mambo.json"]).ShouldBeFalse();
    }

    [Fact]
    public void Up_WrongConfiguration_ShowsTheEndOfTheLog()
    {
        _home.Write("mambo.yml", "api:\n  lsiten: 127.0.0.1:1\n");

        var up = Run("up", "--detach", "--no-install", "--no-sample");

        up.Code.ShouldBe(1);
        up.Error.ShouldContain("mambo: The platform ended with code 2.");
        up.Error.ShouldContain("Did you mean api.listen?");
    }

    private CommandRun Run(params string[] args)
    {
        using var process = Start(args);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return new CommandRun(process.ExitCode, output.Result, error.Result);
    }

    private Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [ServiceProcess.PathOf("Mambo.Cli"), .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MAMBO_HOME"] = _home.Path;
        start.Environment.Remove("MAMBO_API");
        return Process.Start(start)!;
    }
}
