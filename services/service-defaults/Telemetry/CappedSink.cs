using Serilog.Core;
using Serilog.Events;

namespace Mambo.ServiceDefaults.Telemetry;

/// <summary>Shortens what a log store would refuse: Loki drops a line whose attributes are larger than 64 KB together.</summary>
internal sealed class CappedSink(ILogEventSink inner) : ILogEventSink, IDisposable
{
    /// <summary>Characters kept of a stack trace.</summary>
    internal const int LongestStack = 16_000;

    /// <summary>Characters kept of any other text.</summary>
    internal const int LongestText = 4_000;

    public void Emit(LogEvent logEvent) => inner.Emit(Shortened(logEvent));

    public void Dispose() => (inner as IDisposable)?.Dispose();

    private static LogEvent Shortened(LogEvent logEvent)
    {
        var stack = logEvent.Exception?.ToString();
        var longStack = stack?.Length > LongestStack;
        if (!longStack && !logEvent.Properties.Values.Any(IsLong))
            return logEvent;

        var properties = logEvent.Properties.Select(property => new LogEventProperty(property.Key, IsLong(property.Value) ? Shortened((ScalarValue)property.Value) : property.Value)).ToList();
        if (longStack)
        {
            // The same attributes the exporter makes of an exception, so that a query finds long and short ones alike.
            properties.Add(new LogEventProperty("exception.type", new ScalarValue(logEvent.Exception!.GetType().ToString())));
            properties.Add(new LogEventProperty("exception.message", new ScalarValue(Shorten(logEvent.Exception.Message, LongestText))));
            properties.Add(new LogEventProperty("exception.stacktrace", new ScalarValue(Shorten(stack!, LongestStack))));
        }

        return new LogEvent(logEvent.Timestamp, logEvent.Level, longStack ? null : logEvent.Exception, logEvent.MessageTemplate, properties, logEvent.TraceId ?? default, logEvent.SpanId ?? default);
    }

    private static bool IsLong(LogEventPropertyValue value) => value is ScalarValue { Value: string { Length: > LongestText } };

    private static ScalarValue Shortened(ScalarValue value) => new(Shorten((string)value.Value!, LongestText));

    private static string Shorten(string text, int length) => text.Length <= length ? text : $"{text[..length]}... ({text.Length - length} characters left out)";
}
