using Mambo.AlertRelay.Notifications;

namespace Mambo.AlertRelay.Delivery;

/// <summary>A row of the table <c>notifications</c>.</summary>
internal sealed record NotificationRow
{
    public long Sequence { get; init; }

    public Guid Id { get; init; }

    public string About { get; init; } = "";

    public string GroupKey { get; init; } = "";

    public string Title { get; init; } = "";

    public string Body { get; init; } = "";

    public int Priority { get; init; }

    public string Tags { get; init; } = "";

    public string? Click { get; init; }

    public string? TraceParent { get; init; }

    public DateTimeOffset HappenedAt { get; init; }

    public DateTimeOffset AcceptedAt { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>When the first request left whose answer is not known. Null: the server does not have it.</summary>
    public DateTimeOffset? InDoubtSince { get; init; }

    public Notification Notification() => new()
    {
        GroupKey = GroupKey,
        Title = Title,
        Body = Body,
        Priority = (Priority)Priority,
        Tags = Tags.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Click = Click is null ? null : new Uri(Click),
    };
}
