using System.Diagnostics.Metrics;
using System.Text.Json;

using Mambo.ServiceDefaults.Telemetry;

namespace Mambo.Backoffice.Ci;

/// <summary>How many tokens of CI were taken and refused.</summary>
internal static class CiMetrics
{
    private static readonly Counter<long> Exchanged = MamboMeter.Meter.CreateCounter<long>("mambo.ci.tokens_exchanged", "{token}", "Tokens of CI that were exchanged.");

    private static readonly Counter<long> Refused = MamboMeter.Meter.CreateCounter<long>("mambo.ci.tokens_refused", "{token}", "Tokens of CI that were refused, by reason.");

    public static void CountExchanged(string app) => Exchanged.Add(1, new KeyValuePair<string, object?>("app", app));

    public static void CountRefused(RefusalReason reason) => Refused.Add(1, new KeyValuePair<string, object?>("reason", Label(reason)));

    public static string Label(RefusalReason reason) => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
}
