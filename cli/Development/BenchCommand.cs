using System.CommandLine;

using Mambo.Cli.Running;

namespace Mambo.Cli.Development;

/// <summary><c>mambo bench</c>.</summary>
internal sealed class BenchCommand : CliCommand
{
    private readonly Argument<string> _name = new("name") { Description = "Which benchmark" };

    public BenchCommand(Globals globals)
        : base(globals, "bench", "Measure this platform beside its peers on this machine and print a table",
            "mambo bench deploy                     a deploy, beside bare docker compose up --wait",
            "mambo bench bus                        accepted commands per second through RabbitMQ",
            "mambo bench rollout                    deploys and rollbacks under load: requests lost, time to serving",
            "mambo bench footprint --json           memory and time to ready")
    {
        _name.CompletionSources.Add("bus", "deploy", "footprint", "rollout");
        Add(_name);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var project = session.InRepository("tests/benchmarks/Mambo.Benchmarks.csproj");
        var (code, output) = await ChildProcess.RunAsync("dotnet", ["build", project, "-c", "Release", "-v", "quiet", "-nologo", "-nodeReuse:false"], Timeout.InfiniteTimeSpan, ct);
        if (code != 0)
            throw new CommandFailure("The benchmarks do not build.", output);
        List<string> arguments = [session.InRepository("artifacts/bin/Mambo.Benchmarks/release/Mambo.Benchmarks.dll"), parsed.GetRequiredValue(_name)];
        if (session.Screen.IsJson)
            arguments.Add("--json");
        return await ChildProcess.RunAttachedAsync("dotnet", arguments, ct);
    }
}
