using Mambo.Deployer.Edge;

namespace Mambo.Deployer.Rollout;

/// <summary>Whether the answers of a new release are so much worse than those of the one before that it must go. Pure.</summary>
internal static class SoakVerdict
{
    /// <summary>With fewer answers one unlucky request would decide.</summary>
    internal const int FewestAnswers = 20;

    /// <summary>Part of failed answers that is too much, unless the release before had half as many itself.</summary>
    internal const double MostFailed = 0.1;

    /// <summary>How many times slower than the release before is too slow.</summary>
    internal const int MostSlower = 5;

    /// <summary>Below this nobody minds.</summary>
    internal static readonly TimeSpan FastEnough = TimeSpan.FromMilliseconds(500);

    /// <param name="before">Answers of the previous release. None: it is only known that it served.</param>
    /// <param name="now">Answers of the new release.</param>
    /// <returns>What is wrong, for a person. Null: nothing, as far as it can be said.</returns>
    public static string? Judge(TrafficCount before, TrafficCount now)
    {
        if (now.Answered < FewestAnswers)
            return null;
        if (now.FailedShare > MostFailed && now.FailedShare > 2 * before.FailedShare)
            return $"{now.Failed} of {now.Answered} requests failed ({now.FailedShare:P0}{(before.Answered > 0 ? $"; {before.FailedShare:P0} before" : "")}).";
        if (before.Answered >= FewestAnswers && now.Mean > FastEnough && now.Mean > MostSlower * before.Mean)
            return $"Requests take {now.Mean.TotalMilliseconds:0} ms on average; {before.Mean.TotalMilliseconds:0} ms before.";
        return null;
    }
}
