namespace Mambo.AlertRelay.Notifications;

/// <summary>What a person is told. Its texts keep ntfy's limits from the moment it is made, so nothing too long is ever stored.</summary>
internal sealed record Notification
{
    /// <summary>The longest title, in bytes: less than the 1 KB from which on ntfy 2.28 refuses it.</summary>
    public const int LongestTitle = 1023;

    /// <summary>The longest body, in bytes: less than the 4 KB from which on ntfy makes an attachment of it, or refuses it.</summary>
    public const int LongestBody = 4095;

    /// <summary>What it belongs to for the reader. Many of one group at once are told in one message.</summary>
    public required string GroupKey { get; init; }

    /// <summary>The line that is read on a locked screen.</summary>
    public required string Title
    {
        get;
        init => field = PlainText.Line(value, LongestTitle);
    }

    /// <summary>The lines below it.</summary>
    public required string Body
    {
        get;
        init => field = PlainText.Lines(value, LongestBody);
    }

    /// <summary>How much it disturbs.</summary>
    public required Priority Priority { get; init; }

    /// <summary>Words to filter by; ntfy shows those that are emoji short codes as emoji.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Where a tap leads. Null: nowhere.</summary>
    public Uri? Click { get; init; }
}

/// <summary>ntfy's priorities; what a phone does with each is up to its owner.</summary>
internal enum Priority
{
    /// <summary>No sound and no vibration: seen when one looks. For what went as it was asked for.</summary>
    Low = 2,

    /// <summary>A short sound. For what a person should know of soon, such as a release that was taken back.</summary>
    Default = 3,

    /// <summary>Long vibration, on top of the others. For what did not work.</summary>
    High = 4,

    /// <summary>The loudest. For what the platform could not put right by itself: somebody must act now.</summary>
    Urgent = 5,
}
