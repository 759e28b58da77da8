using System.Globalization;

using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Parsing;

namespace Mambo.ServiceDefaults.Telemetry;

/// <summary>One line for people: UTC time, level, who, what, and then what scopes added. Only an exception takes more lines.</summary>
internal sealed class ConsoleLine : ITextFormatter
{
    /// <summary>Set by the frameworks on every line; they say nothing to a reader of the console.</summary>
    private static readonly HashSet<string> Noise =
        ["SourceContext", "EventId", "RequestId", "RequestPath", "ConnectionId", "ActionId", "ActionName", "TransportConnectionId"];

    /// <summary>Texts without quotes around them.</summary>
    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        output.Write(Level(logEvent.Level));
        if (logEvent.Properties.GetValueOrDefault("SourceContext") is ScalarValue { Value: string source })
            output.Write($"{source[(source.LastIndexOf('.') + 1)..]}: ");
        using var message = new StringWriter(CultureInfo.InvariantCulture);
        Message.Format(logEvent, message);
        Escape(message.ToString(), output);

        var said = logEvent.MessageTemplate.Tokens.OfType<PropertyToken>().Select(token => token.PropertyName).ToHashSet();
        foreach (var (name, value) in logEvent.Properties.Where(property => !said.Contains(property.Key) && !Noise.Contains(property.Key)).OrderBy(property => property.Key, StringComparer.Ordinal))
        {
            output.Write($" {name}=");
            Escape(value is ScalarValue { Value: string text } ? text : value.ToString(), output);
        }

        output.WriteLine();
        if (logEvent.Exception is not null)
            output.WriteLine(logEvent.Exception);
    }

    private static string Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => " VRB ",
        LogEventLevel.Debug => " DBG ",
        LogEventLevel.Information => " INF ",
        LogEventLevel.Warning => " WRN ",
        LogEventLevel.Error => " ERR ",
        _ => " FTL ",
    };

    /// <summary>A message may quote what a stranger sent: it must neither start a second line nor reach the terminal as a command.</summary>
    private static void Escape(string text, TextWriter output)
    {
        foreach (var letter in text)
        {
            if (letter == '\n')
                output.Write("\\n");
            else if (letter == '\t' || !char.IsControl(letter))
                output.Write(letter);
            else
                output.Write($"\\u{(int)letter:x4}");
        }
    }
}
