using System.Text.Json;

using Spectre.Console;

namespace Mambo.Cli.Terminal;

/// <summary>
/// Where a command writes: results on standard output, errors on standard error. With <c>--json</c> the only thing on standard output is the document.
/// Texts that came from elsewhere (containers, events) are made harmless to the terminal before they are shown.
/// </summary>
internal sealed class Screen
{
    /// <summary>Lines are never folded by us: a folded address cannot be copied.</summary>
    private const int Endless = 20_000;

    private static readonly JsonSerializerOptions Indented = new(Contracts.WireJson.Options) { WriteIndented = true };

    private readonly Lazy<IAnsiConsole> _output;
    private readonly Lazy<IAnsiConsole> _error;
    private readonly Surroundings _surroundings;

    public Screen(Surroundings surroundings, bool json, bool plain)
    {
        (_surroundings, IsJson) = (surroundings, json);
        var colour = !plain && surroundings.Variable("NO_COLOR") is null;
        IsLive = surroundings.IsTerminal && colour && !json;
        _output = new(() => Console(surroundings.Output, colour && surroundings.IsTerminal));
        _error = new(() => Console(surroundings.Error, colour && surroundings.IsTerminal && !System.Console.IsErrorRedirected));
    }

    /// <summary>One JSON document is wanted, and nothing else.</summary>
    public bool IsJson { get; }

    /// <summary>Lines may move.</summary>
    public bool IsLive { get; }

    /// <summary>For moving lines only.</summary>
    public IAnsiConsole Live => _output.Value;

    /// <summary>A line for people on standard output; not shown with <c>--json</c>. Values put into the text are shown as they are, the text around them is Spectre markup.</summary>
    public void Line(FormattableString markup)
    {
        if (!IsJson)
            _output.Value.MarkupLineInterpolated(Harmless(markup));
    }

    /// <summary>Lines without markup.</summary>
    public void Lines(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Line($"{line}");
    }

    /// <summary>A line on standard error.</summary>
    public void ErrorLine(FormattableString markup) => _error.Value.MarkupLineInterpolated(Harmless(markup));

    /// <summary>The document of <c>--json</c>, indented.</summary>
    public void Json<T>(T document) => _surroundings.Output.WriteLine(JsonSerializer.Serialize(document, Indented));

    /// <summary>A line of JSON as it came.</summary>
    public void JsonLine(string json) => _surroundings.Output.WriteLine(json);

    /// <summary>A time for people: UTC, and the person's own where it differs.</summary>
    public string Time(DateTimeOffset at) => HumanTime.Of(at, _surroundings.Zone);

    private static FormattableString Harmless(FormattableString markup) =>
        System.Runtime.CompilerServices.FormattableStringFactory.Create(markup.Format, [.. markup.GetArguments().Select(value => value is string text ? Printable.Of(text) : value)]);

    private static IAnsiConsole Console(TextWriter writer, bool colour)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = colour ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = Endless;
        return console;
    }
}
