using System.CommandLine;
using System.Text.RegularExpressions;

namespace Mambo.Cli.Terminal;

/// <summary>An app named on the command line. A mistyped option is not taken for one.</summary>
internal static partial class AppArgument
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
            else if (text.Length > 0 && !Name().IsMatch(text))
                result.AddError($"\"{text}\" is no app name: 1 to 40 lower-case letters, digits or single hyphens, beginning with a letter.");
        });
        return argument;
    }

    [GeneratedRegex(@"\A(?=.{1,40}\z)[a-z][a-z0-9]*(-[a-z0-9]+)*\z")]
    private static partial Regex Name();
}
