using Mambo.Cli.Terminal;

namespace Mambo.Cli.Tests;

/// <summary>A command run in this process: what it printed and how it ended.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 3, 40, 7, TimeSpan.Zero);

    /// <summary>Runs with nothing of this process's own environment.</summary>
    /// <param name="variables">Environment variables.</param>
    /// <param name="args">The command line.</param>
    public static Task<CommandRun> OfAsync(Dictionary<string, string> variables, params string[] args) => OfAsync(variables, CancellationToken.None, args);

    public static async Task<CommandRun> OfAsync(Dictionary<string, string> variables, CancellationToken ct, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await MamboCommand.RunAsync(args, Surroundings(output, error, variables), ct);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs with something on its standard input.</summary>
    public static async Task<CommandRun> WithInputAsync(string input, Dictionary<string, string> variables, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var surroundings = Surroundings(output, error, variables) with { Input = () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input)), InputIsTerminal = false };
        var code = await MamboCommand.RunAsync(args, surroundings, CancellationToken.None);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    public static Surroundings Surroundings(TextWriter output, TextWriter error, Dictionary<string, string>? variables = null) =>
        new(variables ?? [], "/", output, error, IsTerminal: false, TimeZoneInfo.Utc, TimeProvider.System);

    /// <summary>Times as a person in Berlin reads them.</summary>
    public static string BerlinTime(DateTimeOffset at) => HumanTime.Of(at, TimeZoneInfo.CreateCustomTimeZone("Berlin", TimeSpan.FromHours(1), "Berlin", "Berlin"));

    public static string UtcTime(DateTimeOffset at) => HumanTime.Of(at, TimeZoneInfo.Utc);

    public static DateTimeOffset At(int seconds = 0) => Now.AddSeconds(seconds);
}
