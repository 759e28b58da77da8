using System.CommandLine;

namespace Mambo.Cli.Development;

/// <summary><c>mambo completion</c>: a script that asks the program itself, so it is never out of date.</summary>
internal sealed class CompletionCommand : CliCommand
{
    private readonly Argument<string> _shell = new("shell") { Description = "Which shell" };

    public CompletionCommand(Globals globals)
        : base(globals, "completion", "Print the script that teaches a shell to complete mambo's words",
            "source <(mambo completion bash)        this shell; put it into ~/.bashrc for all",
            "source <(mambo completion zsh)         the same in ~/.zshrc, below compinit",
            "mambo completion fish > ~/.config/fish/completions/mambo.fish")
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Add(_shell);
    }

    protected override Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        using var script = typeof(CompletionCommand).Assembly.GetManifestResourceStream($"completion.{parsed.GetRequiredValue(_shell)}")!;
        using var reader = new StreamReader(script);
        session.Surroundings.Output.Write(reader.ReadToEnd());
        return Task.FromResult(ExitCode.Done);
    }
}
