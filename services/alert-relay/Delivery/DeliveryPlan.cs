namespace Mambo.AlertRelay.Delivery;

/// <summary>What waits of one group.</summary>
/// <param name="GroupKey">The group.</param>
/// <param name="Count">How many.</param>
/// <param name="Oldest">Sequence of the oldest.</param>
/// <param name="Newest">Sequence of the newest.</param>
internal sealed record GroupWaiting(string GroupKey, long Count, long Oldest, long Newest);

/// <summary>The next message.</summary>
/// <param name="Sequence">The row it is made of.</param>
/// <param name="GroupKey">The row's group.</param>
/// <param name="WithOlder">It tells the older ones of its group too.</param>
internal sealed record Choice(string GroupKey, long Sequence, bool WithOlder);

/// <summary>Which message leaves next.</summary>
internal static class DeliveryPlan
{
    /// <summary>
    /// The oldest that may leave. When more of a group wait than the group may send now, all of it is told in one message, in the place of its newest:
    /// so the last thing the phone hears of an app is the last thing that happened to it.
    /// </summary>
    /// <returns>The choice; or, when every group has used up its share, when the first may send again; or neither when nothing waits.</returns>
    public static (Choice? Next, DateTimeOffset? NotBefore) Next(IReadOnlyList<GroupWaiting> waiting, GroupLimits limits, DateTimeOffset now)
    {
        var choices = waiting
            .Select(group => (Group: group, Available: limits.Available(group.GroupKey, now)))
            .Where(item => item.Available > 0)
            .Select(item => item.Group.Count > item.Available
                ? new Choice(item.Group.GroupKey, item.Group.Newest, WithOlder: true)
                : new Choice(item.Group.GroupKey, item.Group.Oldest, WithOlder: false));
        if (choices.MinBy(choice => choice.Sequence) is { } next)
            return (next, null);
        return (null, waiting.Count == 0 ? null : waiting.Min(group => limits.NextAt(group.GroupKey, now)));
    }
}
