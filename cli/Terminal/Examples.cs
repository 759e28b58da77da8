using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Mambo.Cli.Terminal;

/// <summary>The help of a command with examples below it.</summary>
internal static class Examples
{
    public static void AddTo(Command command, params string[] examples)
    {
        if (command is RootCommand root && root.Options.OfType<HelpOption>().FirstOrDefault() is { } known)
            root.Options.Remove(known);
        // Wide enough that no description is folded; terminals fold what they must.
        command.Add(new HelpOption("--help", "-h") { Action = new HelpWithExamples(new HelpAction { MaxWidth = 160 }, examples), Recursive = false });
    }
}

internal sealed class HelpWithExamples(HelpAction help, IReadOnlyList<string> examples) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {example}");
        return ExitCode.Done;
    }
}
