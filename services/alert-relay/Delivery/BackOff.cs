namespace Mambo.AlertRelay.Delivery;

/// <summary>How long to wait after a failed try.</summary>
internal static class BackOff
{
    /// <summary>The longest a server is obeyed that asks to be left alone.</summary>
    public static readonly TimeSpan LongestObeyed = TimeSpan.FromHours(1);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>One second, doubled with each try to five minutes, give or take a fifth; more when the server asks for more.</summary>
    /// <param name="attempts">Tries so far, at least 1.</param>
    /// <param name="chance">From 0 to 1; spreads relays that lost their server at the same moment.</param>
    /// <param name="asked">What the server asked for. Null: nothing.</param>
    public static TimeSpan After(int attempts, double chance, TimeSpan? asked = null)
    {
        var doubled = First * Math.Pow(2, Math.Min(attempts - 1, 20)) * (0.8 + 0.4 * chance);
        var own = doubled < Longest ? doubled : Longest;
        return asked is not { } wish || wish < own ? own : wish < LongestObeyed ? wish : LongestObeyed;
    }
}
