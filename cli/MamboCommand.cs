using System.CommandLine;
using System.CommandLine.Invocation;

using Mambo.Cli.Deployments;
using Mambo.Cli.Development;
using Mambo.Cli.Homes;
using Mambo.Cli.Running;
using Mambo.Cli.Terminal;
using Mambo.Cli.Timeline;
using Mambo.Cli.Tokens;

namespace Mambo.Cli;

/// <summary>The whole command line.</summary>
internal static class MamboCommand
{
    /// <summary>Runs one command line and returns its exit code, see <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Surroundings surroundings, CancellationToken ct)
    {
        var globals = new Globals(surroundings);
        var parsed = Create(globals).Parse(args);
        var invocation = new InvocationConfiguration { Output = surroundings.Output, Error = surroundings.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        if (parsed.Action is ParseErrorAction wrong)
        {
            wrong.ShowHelp = false;
            // What is wrong and what was meant belong together, on standard error.
            invocation.Output = surroundings.Error;
        }

        try
        {
            var code = await parsed.InvokeAsync(invocation, ct);
            if (parsed.Action is not ParseErrorAction)
                return code;
            surroundings.Error.WriteLine($"See: {Names(parsed.CommandResult.Command)} -h");
            return ExitCode.WrongUsage;
        }
        catch (CommandFailure failure)
        {
            var screen = globals.Screen(parsed);
            screen.ErrorLine($"[red]mambo:[/] {failure.Message}");
            foreach (var detail in failure.Details)
                screen.ErrorLine($"  {detail}");
            return failure.ExitCode;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ExitCode.Failed;
        }
    }

    internal static RootCommand Create(Globals globals)
    {
        var root = new RootCommand("Runs a platform on this machine, deploys apps to it and tells what happened.")
        {
            new UpCommand(globals),
            new DownCommand(globals),
            new DeployCommand(globals),
            new RollBackCommand(globals),
            new StatusCommand(globals),
            new ReleasesCommand(globals),
            new EventsCommand(globals),
            new CancelCommand(globals),
            TokenCommand.Of(globals),
            new InitCommand(globals),
            new TestCommand(globals),
            new BenchCommand(globals),
            new CompletionCommand(globals),
            new VersionCommand(globals),
            globals.Home,
            globals.Json,
            globals.NoColor,
        };
        root.HelpName = "mambo";
        Examples.AddTo(root,
            "mambo up                               start the platform and deploy the sample",
            "mambo deploy ./shop --wait             deploy the folder ./shop as the app shop",
            "mambo status                           what runs",
            "mambo events --follow                  what happens");
        root.SetAction(parsed =>
        {
            _ = root.Parse("-h").Invoke(parsed.InvocationConfiguration);
            return ExitCode.WrongUsage;
        });
        return root;
    }

    private static string Names(Command command) => command is RootCommand ? "mambo" : $"{Names((Command)command.Parents.First())} {command.Name}";
}
