using System.CommandLine;
using System.Text;

using Mambo.TestEnvironment;

namespace Mambo.Cli.Tests.Development;

public class HelpTests
{
    [Fact]
    public async Task Help_EveryCommand_ReadsAsWrittenDown()
    {
        var root = MamboCommand.Create(new Globals(CommandRun.Surroundings(TextWriter.Null, TextWriter.Null)));
        var all = new StringBuilder();
        foreach (var names in Commands(root))
        {
            string[] args = [.. names, "-h"];
            var run = await CommandRun.OfAsync([], args);
            (run.Code, run.Error).ShouldBe((0, ""), string.Join(' ', names));
            all.Append($"=== mambo {string.Join(' ', args)}\n{run.Output}\n");
        }

        GoldenFile.ShouldMatch("tests/cli/Golden/help.txt", string.Join('\n', all.ToString().Split('\n').Select(line => line.TrimEnd())));
    }

    [Theory]
    [InlineData("deplyo", "Did you mean one of the following?\ndeploy")]
    [InlineData("frobnicate", "Unrecognized command or argument 'frobnicate'.")]
    [InlineData("releases", "Required argument 'app' missing")]
    [InlineData("cancel nonsense", "Cannot parse argument 'nonsense'")]
    [InlineData("status --frob", "Unrecognized command or argument '--frob'.")]
    [InlineData("rollback Shop", "\"Shop\" is no app name. Write 1 to 40 lower-case letters")]
    [InlineData("completion tcsh", "'tcsh' not recognized")]
    [InlineData("token", "Required command was not provided.")]
    [InlineData("token create --app shop", "Option '--name' is required.")]
    [InlineData("token create --name ci --app shop --expires 2y", "--expires must be a whole number and h or d, such as 12h or 90d, up to 366d.")]
    [InlineData("token create --frob", "See: mambo token create -h\n")]
    [InlineData("deploy --image", "Required argument missing for option: '--image'.")]
    public async Task Parse_WrongUsage_SaysWhatOnStandardErrorAndEndsWithTwo(string line, string expected)
    {
        var run = await CommandRun.OfAsync([], line.Split(' '));

        run.Code.ShouldBe(2);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldContain(expected);
        run.Error.ShouldContain(" -h\n");
    }

    /// <summary>Each command by the words that lead to it, the root first.</summary>
    private static IEnumerable<IReadOnlyList<string>> Commands(Command command) =>
        command.Subcommands.SelectMany(sub => Commands(sub).Select(names => (IReadOnlyList<string>)[sub.Name, .. names])).Prepend([]);

    [Fact]
    public async Task Mambo_WithoutACommand_ShowsTheHelp()
    {
        var run = await CommandRun.OfAsync([]);

        run.Code.ShouldBe(2);
        run.Output.ShouldContain("mambo up ");
    }

    [Fact]
    public async Task Version_Json_IsADocument() => (await CommandRun.OfAsync([], "version", "--json")).Output.ShouldMatch("^{\n  \"version\": \"[0-9.]+\"\n}\n$");
}
