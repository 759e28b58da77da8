using System.Globalization;

namespace Mambo.TestEnvironment;

/// <summary>What every signal says of the process it comes from.</summary>
/// <param name="Resource">Attributes of the process, such as <c>service.name</c>. Values of any kind are texts here, as they are for who searches them.</param>
public abstract record OtlpSignal(IReadOnlyDictionary<string, string> Resource)
{
    /// <summary>The name of the process, such as <c>deployer</c>.</summary>
    public string Service => Resource["service.name"];
}

/// <summary>A log line as a log store gets it.</summary>
/// <param name="Resource">Attributes of the process, such as <c>service.name</c>.</param>
/// <param name="Severity">As in <c>Information</c>.</param>
/// <param name="Body">The message.</param>
/// <param name="Attributes">What scopes and the message's own values added.</param>
/// <param name="TraceId">The trace it was written in, in hexadecimal. Empty: none.</param>
public sealed record OtlpLog(IReadOnlyDictionary<string, string> Resource, string Severity, string Body, IReadOnlyDictionary<string, string> Attributes, string TraceId)
    : OtlpSignal(Resource);

/// <summary>A span as a collector gets it. Ids are in hexadecimal.</summary>
/// <param name="Resource">Attributes of the process.</param>
/// <param name="Name">What was done.</param>
/// <param name="TraceId">The trace it belongs to.</param>
/// <param name="SpanId">Its own id.</param>
/// <param name="ParentSpanId">The span it was done in. Empty: it is the first.</param>
/// <param name="Attributes">What is known of it.</param>
/// <param name="Failed">Its status is an error.</param>
public sealed record OtlpSpan(
    IReadOnlyDictionary<string, string> Resource, string Name, string TraceId, string SpanId, string ParentSpanId, IReadOnlyDictionary<string, string> Attributes, bool Failed)
    : OtlpSignal(Resource);

/// <summary>One measured value.</summary>
/// <param name="Resource">Attributes of the process.</param>
/// <param name="Metric">The metric's name, such as <c>mambo.outbox.pending</c>.</param>
/// <param name="Unit">As in <c>s</c> or <c>{message}</c>.</param>
/// <param name="Attributes">What tells it from others of the metric.</param>
/// <param name="Value">The value; of a histogram the count.</param>
public sealed record OtlpPoint(IReadOnlyDictionary<string, string> Resource, string Metric, string Unit, IReadOnlyDictionary<string, string> Attributes, double Value)
    : OtlpSignal(Resource);

/// <summary>Reads the bodies of OTLP/HTTP requests. The numbers are those of the fields in the public OTLP proto files.</summary>
internal static class OtlpRequest
{
    public static IEnumerable<OtlpLog> Logs(ReadOnlyMemory<byte> body) =>
        from resource in new ProtobufMessage(body).Messages(1)
        from scope in resource.Messages(2)
        from log in scope.Messages(2)
        select new OtlpLog(ResourceOf(resource), log.Text(3), Value(log.Message(5)), Attributes(log, 6), log.Hex(9));

    public static IEnumerable<OtlpSpan> Spans(ReadOnlyMemory<byte> body) =>
        from resource in new ProtobufMessage(body).Messages(1)
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new OtlpSpan(ResourceOf(resource), span.Text(5), span.Hex(1), span.Hex(2), span.Hex(4), Attributes(span, 9), span.Message(15).Number(3) == 2);

    public static IEnumerable<OtlpPoint> Points(ReadOnlyMemory<byte> body) =>
        from resource in new ProtobufMessage(body).Messages(1)
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        from point in Points(metric)
        select new OtlpPoint(ResourceOf(resource), metric.Text(1), metric.Text(3), point.Attributes, point.Value);

    private static IEnumerable<(IReadOnlyDictionary<string, string> Attributes, double Value)> Points(ProtobufMessage metric)
    {
        const int Gauge = 5, Sum = 7, Histogram = 9;
        var numbers = new[] { Gauge, Sum }.SelectMany(kind => metric.Message(kind).Messages(1))
            .Select(point => (Attributes(point, 7), point.Has(6) ? (long)point.Number(6) : point.Double(4)));
        return numbers.Concat(metric.Message(Histogram).Messages(1).Select(point => (Attributes(point, 9), (double)point.Number(4))));
    }

    private static IReadOnlyDictionary<string, string> ResourceOf(ProtobufMessage resource) => Attributes(resource.Message(1), 1);

    private static IReadOnlyDictionary<string, string> Attributes(ProtobufMessage message, int field) =>
        message.Messages(field).ToDictionary(pair => pair.Text(1), pair => Value(pair.Message(2)));

    private static string Value(ProtobufMessage value) => value switch
    {
        _ when value.Has(2) => value.Number(2) != 0 ? "true" : "false",
        _ when value.Has(3) => ((long)value.Number(3)).ToString(CultureInfo.InvariantCulture),
        _ when value.Has(4) => value.Double(4).ToString(CultureInfo.InvariantCulture),
        _ when value.Has(5) => $"[{string.Join(", ", value.Message(5).Messages(1).Select(Value))}]",
        _ when value.Has(6) => $"{{{string.Join(", ", Attributes(value.Message(6), 1).Select(pair => $"{pair.Key}: {pair.Value}"))}}}",
        _ when value.Has(7) => value.Hex(7),
        _ => value.Text(1),
    };
}
