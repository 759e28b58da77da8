using System.CommandLine;

using Mambo.Cli.Homes;
using Mambo.Cli.Platform;

namespace Mambo.Cli.Running;

/// <summary><c>mambo up</c>: from a bare machine to an app that answers.</summary>
internal sealed class UpCommand : CliCommand
{
    private readonly Option<bool> _detach = new("--detach", "-d") { Description = "Return when it is up; it goes on without this terminal. Stop it with mambo down" };

    private readonly Option<bool> _noInstall = new("--no-install") { Description = "Install nothing: refuse, and say what is missing" };

    private readonly Option<bool> _noSample = new("--no-sample") { Description = "Do not deploy the sample compose/apps/mambo-cloud" };

    public UpCommand(Globals globals)
        : base(globals, "up", "Start the platform on this machine, in one process, and deploy the sample; installs Docker Engine when it is missing",
            "mambo up                               here, until Ctrl-C",
            "mambo up --detach                      in the background; its log is logs/mambo.log in the home",
            "mambo up --no-install --no-sample      nothing but the platform")
    {
        foreach (var option in (Option[])[_detach, _noInstall, _noSample])
            Add(option);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var steps = new StepLines(session.Screen, session.Surroundings.Time);
        var home = session.Home;
        if (RunningPlatform.FindAllInOne(home) is { } already)
            return await AlreadyAsync(session, already, withSample: !parsed.GetValue(_noSample), ct);

        await steps.RunAsync("docker", () => PrepareDockerAsync(session, install: !parsed.GetValue(_noInstall), ct));
        await steps.RunAsync("home", () => Task.FromResult((true, HomeSetup.Prepare(home, PortPair.IsFree) is { Count: > 0 } made ? $"{home.Path}, {string.Join(", ", made.Select(Path.GetFileName))} made" : home.Path)));
        var variables = new Dictionary<string, string>();
        // Without the sample it is not fetched; but an app deployed before may run on it.
        if (parsed.GetValue(_noSample))
        {
            if (await WebImage.FindAsync(session.Surroundings, ct) is { } known)
                variables[WebImage.Variable] = known;
        }
        else
        {
            variables[WebImage.Variable] = await steps.RunAsync("web image", async () =>
            {
                var (image, how) = await WebImage.PrepareAsync(session.Surroundings, session.InRepository("deploy/local-web-image.sh"), ct);
                return (image, $"{image}, {how}");
            });
        }

        using var process = PlatformProcess.Start(Program(), home, variables);
        try
        {
            var running = await steps.RunAsync("platform", async () => await process.ReadyAsync(ct) is var ready ? (ready, $"{ready.Platform} {ready.Version}, process {ready.Pid}") : default);
            // What it says before it is ready is about not being ready; when that lasts, the end of its log is shown.
            using var warnings = new LogTail(home.Log, new FileInfo(home.Log).Length, line => Warn(session, line));
            var code = parsed.GetValue(_noSample) ? ExitCode.Done : await SampleApp.DeployAsync(session, onlyWhenMissing: false, ct);
            SayWhere(session, running);
            if (parsed.GetValue(_detach))
                return code;
            session.Screen.Line($"Ctrl-C stops the platform; its apps go on until mambo down.");
            return await StayAsync(session, process, ct);
        }
        catch
        {
            // What was started for this command does not outlive its failure.
            await process.StopAsync(CancellationToken.None);
            throw;
        }
    }

    private static async Task<(bool Result, string Said)> PrepareDockerAsync(Session session, bool install, CancellationToken ct)
    {
        var script = session.InRepository("deploy/install-docker.sh");
        if (install)
        {
            var (code, output) = await ChildProcess.RunAsync("bash", [script], TimeSpan.FromMinutes(20), ct, line => session.Screen.Line($"  [dim]{line}[/]"));
            if (code != 0)
                throw new CommandFailure("Docker Engine cannot be used, and could not be installed.", output);
        }

        var (checkedCode, found) = await ChildProcess.RunAsync("bash", [script, "--check"], TimeSpan.FromMinutes(1), ct);
        return checkedCode == 0 ? (true, found is [.., var last] ? last.Replace("docker: ", "", StringComparison.Ordinal) : "") : throw new CommandFailure("Docker Engine is not ready.", found);
    }

    private static async Task<int> AlreadyAsync(Session session, RunningPlatform running, bool withSample, CancellationToken ct)
    {
        session.Screen.Line($"[green]✔[/] The platform {running.Platform} runs already, as process {running.Pid}.");
        var code = withSample ? await SampleApp.DeployAsync(session, onlyWhenMissing: true, ct) : ExitCode.Done;
        SayWhere(session, running);
        return code;
    }

    private static async Task<int> StayAsync(Session session, PlatformProcess process, CancellationToken ct)
    {
        try
        {
            var code = await process.EndAsync(ct);
            throw new CommandFailure($"The platform ended by itself with code {code}. The end of {session.Home.Log}:", LogTail.Last(session.Home.Log, 20, process.LogStart));
        }
        catch (OperationCanceledException)
        {
            session.Screen.Line($"stopping …");
            using var impatient = new CancellationTokenSource();
            Interruption.SecondTime = impatient.Cancel;
            var ended = await process.StopAsync(impatient.Token);
            session.Screen.Line($"{(ended ? "The platform has stopped." : "The platform did not stop and was killed; nothing is lost, it goes on where it was.")}");
            return ExitCode.Done;
        }
    }

    private static void SayWhere(Session session, RunningPlatform running)
    {
        if (session.Screen.IsJson)
            session.Screen.Json(new { running.Platform, running.Pid, api = running.Api, edge = running.Listeners.GetValueOrDefault("edge"), log = session.Home.Log });
        session.Screen.Line($"");
        session.Screen.Line($"  API    {running.Api}");
        session.Screen.Line($"  token  {session.Home.Secret("api-token")}");
        session.Screen.Line($"  log    {session.Home.Log}");
    }

    /// <summary>Lines of the log that a person should see: warnings and worse.</summary>
    private static void Warn(Session session, string line)
    {
        if (line.Split(' ', 3) is [_, "WRN" or "ERR" or "FTL", _])
            session.Screen.ErrorLine($"[yellow]{line}[/]");
    }

    /// <summary>Built beside us, in the same configuration.</summary>
    private static string Program()
    {
        var own = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.Combine(own.Parent!.Parent!.FullName, "Mambo.AllInOne", own.Name, "Mambo.AllInOne.dll");
    }
}
