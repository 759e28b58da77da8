using System.CommandLine;

using Mambo.ServiceDefaults.Names;

namespace Mambo.Cli.Terminal;

/// <summary>An app named on the command line. A mistyped option is not taken for one.</summary>
internal static class AppArgument
{
    public static Argument<string> Required(string description = "The app's name") => Checked(new Argument<string>("app") { Description = description });

    public static Argument<string?> Optional(string description) => Checked(new Argument<string?>("app") { Description = description, Arity = ArgumentArity.ZeroOrOne });

    private static Argument<T> Checked<T>(Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            var text = result.Tokens is [var token] ? token.Value : "";
            if (text.StartsWith('-'))
                result.AddError($"Unrecognized command or argument '{text}'.");
            else if (text.Length > 0 && !AppName.TryParse(text, out _, out var problem))
                result.AddError(problem);
        });
        return argument;
    }
}
