using System.Diagnostics;

namespace Mambo.ServiceDefaults.Telemetry;

/// <summary>The platform's own spans, beside those of ASP.NET Core.</summary>
public static class Activities
{
    /// <summary>The source of every span the platform makes itself.</summary>
    public static ActivitySource Source { get; } = new("Mambo");

    /// <summary>Starts a span under a trace context that was stored, so that one trace goes on through the journal. Null: nobody listens.</summary>
    /// <param name="traceParent">W3C <c>traceparent</c>. Null: the current span is the parent.</param>
    /// <param name="name">The span's name.</param>
    /// <param name="kind">The span's kind.</param>
    public static Activity? StartFrom(string? traceParent, string name, ActivityKind kind = ActivityKind.Internal) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? Source.StartActivity(name, kind, parent)
            : Source.StartActivity(name, kind);
}
