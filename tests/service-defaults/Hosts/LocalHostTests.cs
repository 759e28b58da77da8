using System.Diagnostics;

using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;

namespace Mambo.ServiceDefaults.Tests.Hosts;

public sealed class LocalHostTests
{
    private readonly LocalHost _host = new(TimeProvider.System);

    [Fact]
    public async Task RunAsync_Succeeds_OutputLinesAndErrorTail()
    {
        var lines = new List<string>();

        var result = await _host.RunAsync(Shell("echo one; echo; echo two; echo bad >&2"), lines.Add);

        result.Succeeded.ShouldBeTrue();
        result.StandardOutput.ShouldBe("one\n\ntwo\n");
        result.Output.ShouldBe(["one", "", "two"]);
        result.ErrorTail.ShouldBe(["bad"]);
        lines.Order().ShouldBe(["", "bad", "one", "two"]);
    }

    [Fact]
    public async Task RunAsync_Arguments_AreNotInterpreted()
    {
        var result = await _host.RunAsync(new CommandLine("printf", ["%s|", "$HOME", "a b", "", "*", "\"q\"", "; rm -rf /"]));

        result.StandardOutput.ShouldBe("$HOME|a b||*|\"q\"|; rm -rf /|");
    }

    [Fact]
    public async Task RunAsync_Fails_IsAResultWithTheTail()
    {
        var command = Shell("for i in $(seq 1 100); do echo line $i >&2; done; exit 3");

        var result = await _host.RunAsync(command);

        result.ExitCode.ShouldBe(3);
        result.ErrorTail.Count.ShouldBe(40);
        result.ErrorTail[^1].ShouldBe("line 100");
        var failure = Should.Throw<CommandFailedException>(() => result.OrThrow(command));
        failure.ExitCode.ShouldBe(3);
        failure.Message.ShouldContain("ended with code 3:");
        failure.Message.ShouldEndWith("\n    line 100");
    }

    [Fact]
    public async Task RunAsync_KilledBySignal_CodeIs128PlusSignal() =>
        (await _host.RunAsync(Shell("kill -9 $$"))).ExitCode.ShouldBe(137);

    [Fact]
    public async Task RunAsync_OurEnvironment_DoesNotReachTheProgram()
    {
        Environment.SetEnvironmentVariable("MAMBO_TEST_CANARY", "sings");

        var result = await _host.RunAsync(new CommandLine("env", []) { Environment = new Dictionary<string, string> { ["GIVEN"] = "yes" } });

        var names = result.Output.Select(line => line.Split('=')[0]).ToList();
        names.ShouldNotContain("MAMBO_TEST_CANARY");
        names.Except(["PATH", "HOME", "LANG", "GIVEN", "MAMBO_COMMAND", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"]).ShouldBeEmpty();
        result.Output.ShouldContain("GIVEN=yes");
        result.Output.ShouldContain("LANG=C.UTF-8");
    }

    [Fact]
    public async Task RunAsync_ManyMegabytes_StayBounded()
    {
        var longest = 0;

        var result = await _host.RunAsync(
            Shell("head -c 10000000 /dev/zero | tr '\\0' x; head -c 10000000 /dev/zero | tr '\\0' y >&2") with { OutputLimit = 1000 },
            line => longest = Math.Max(longest, line.Length));

        result.StandardOutput.Length.ShouldBe(1000);
        result.OutputTruncated.ShouldBeTrue();
        longest.ShouldBe(OutputReader.LongestLine);
        result.ErrorTail.ShouldHaveSingleItem().Length.ShouldBe(OutputReader.LongestLine);
    }

    [Fact]
    public async Task RunAsync_NotUtf8_IsReplacedAndGoesOn()
    {
        var result = await _host.RunAsync(Shell("printf 'a\\377b\\nZ\\303\\274rich\\n'"));

        result.Output.ShouldBe(["a\uFFFDb", "Zürich"]);
    }

    [Fact]
    public async Task RunAsync_StandardInput_IsWrittenAndClosed() =>
        (await _host.RunAsync(new CommandLine("cat", []) { StandardInput = "ünder\nwater" })).StandardOutput.ShouldBe("ünder\nwater");

    [Fact]
    public async Task RunAsync_ProgramReadsNoInput_IsNoFault() =>
        (await _host.RunAsync(new CommandLine("true", []) { StandardInput = new string('x', 1_000_000) })).Succeeded.ShouldBeTrue();

    [Fact]
    public async Task RunAsync_ReaderIsSlow_ProgramWaitsAndNothingIsLost()
    {
        var seen = 0;

        var result = await _host.RunAsync(Shell("seq 1 20000"), _ =>
        {
            if (++seen % 5000 == 0)
                Thread.Sleep(20);
        });

        seen.ShouldBe(20000);
        result.Output[^1].ShouldBe("20000");
    }

    [Fact]
    public async Task RunAsync_TimeIsOver_TheWholeTreeIsKilled()
    {
        // The middle shell ends at once, so that its child belongs to init and is no descendant of anyone we know.
        var command = Shell("sh -c 'sleep 300 & echo orphan $!'; sleep 301 & echo child $!; wait") with { Timeout = TimeSpan.FromMilliseconds(400) };
        var ids = new List<int>();
        var clock = Stopwatch.StartNew();

        var failure = await Should.ThrowAsync<CommandFailedException>(() => _host.RunAsync(command, line => ids.Add(int.Parse(line.Split(' ')[1]))));

        failure.TimedOut.ShouldBeTrue();
        failure.Message.ShouldEndWith("was killed after 400ms");
        ids.Count.ShouldBe(2);
        ids.Where(IsAlive).ShouldBeEmpty();
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task RunAsync_Cancelled_TheWholeTreeIsKilled()
    {
        using var cancel = new CancellationTokenSource();
        var child = 0;

        await Should.ThrowAsync<OperationCanceledException>(() => _host.RunAsync(Shell("setsid sleep 300 & echo $!; wait"), line =>
        {
            child = int.Parse(line);
            cancel.Cancel();
        }, cancel.Token));

        child.ShouldBeGreaterThan(0);
        IsAlive(child).ShouldBeFalse();
    }

    [Fact]
    public async Task RunAsync_CallbackThrows_ProgramIsKilledAndTheExceptionArrives()
    {
        var child = 0;

        var error = await Should.ThrowAsync<InvalidDataException>(() => _host.RunAsync(Shell("echo $$; sleep 300"), line =>
        {
            child = int.Parse(line);
            throw new InvalidDataException("no");
        }));

        error.Message.ShouldBe("no");
        IsAlive(child).ShouldBeFalse();
    }

    [Fact]
    public async Task RunAsync_LeavesSomethingRunningThatHoldsThePipes_ReturnsAnyway()
    {
        var clock = Stopwatch.StartNew();

        var result = await _host.RunAsync(Shell("sleep 30 & echo $!"));

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        using var left = Process.GetProcessById(int.Parse(result.Output[0]));
        left.Kill();
    }

    [Fact]
    public async Task RunAsync_NotInstalled_SaysSo()
    {
        var failure = await Should.ThrowAsync<CommandFailedException>(() => _host.RunAsync(new CommandLine("no-such-program", ["x"])));

        failure.NotFound.ShouldBeTrue();
        failure.Message.ShouldStartWith("no-such-program x cannot be run: no-such-program is not on PATH. Install it, or mend PATH (");
    }

    [Fact]
    public async Task RunAsync_WorkingDirectoryIsMissing_SaysSo() =>
        (await Should.ThrowAsync<CommandFailedException>(() => _host.RunAsync(Shell("true") with { WorkingDirectory = "/no/such" })))
            .Message.ShouldContain("its working directory /no/such does not exist");

    [Fact]
    public async Task RunAsync_ProgramOnlyInWorkingDirectory_IsNotRun()
    {
        var folder = Directory.CreateTempSubdirectory("mambo-host-");
        var program = Path.Combine(folder.FullName, "evil");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho run\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var failure = await Should.ThrowAsync<CommandFailedException>(() => _host.RunAsync(new CommandLine("evil", []) { WorkingDirectory = folder.FullName }));

        failure.NotFound.ShouldBeTrue();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task RunAsync_Secrets_AreNotInLinesTailsOrMessages()
    {
        var lines = new List<string>();
        var command = Shell("echo \"out $TOKEN\"; echo \"err $TOKEN\" >&2; exit 1") with
        {
            Environment = new Dictionary<string, string> { ["TOKEN"] = "hunter2" },
            Secrets = [new Secret("token", "hunter2")],
        };

        var result = await _host.RunAsync(command, lines.Add);

        lines.Order().ShouldBe(["err [REDACTED]", "out [REDACTED]"]);
        Should.Throw<CommandFailedException>(() => result.OrThrow(command)).Message.ShouldNotContain("hunter2");
    }

    private static CommandLine Shell(string script) => new("sh", ["-c", script]);

    /// <summary>A zombie waits only for its parent to take note of its end.</summary>
    private static bool IsAlive(int id)
    {
        var status = $"/proc/{id}/stat";
        return File.Exists(status) && File.ReadAllText(status).Split(") ")[^1][0] is not ('Z' or 'X');
    }
}
