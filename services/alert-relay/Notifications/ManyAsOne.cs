namespace Mambo.AlertRelay.Notifications;

/// <summary>One message for several notifications of a group: the newest in full, the others by their titles.</summary>
internal static class ManyAsOne
{
    /// <summary>Titles of others that are listed.</summary>
    public const int MostListed = 5;

    /// <param name="newest">The newest.</param>
    /// <param name="others">How many more there are.</param>
    /// <param name="titles">Titles of the newest of the others, newest first.</param>
    /// <param name="since">When the oldest happened.</param>
    /// <returns><paramref name="newest"/> itself when there are no others.</returns>
    public static Notification Tell(Notification newest, int others, IReadOnlyList<string> titles, DateTimeOffset since)
    {
        if (others == 0)
            return newest;

        var more = $", and {others} more";
        string[] list =
        [
            "", $"{others} more since {since.UtcDateTime:yyyy-MM-dd HH:mm} UTC:",
            .. titles.Take(MostListed).Select(title => PlainText.Line(title, 100)),
            .. others > MostListed ? ["…"] : Array.Empty<string>(),
        ];
        var tail = string.Join('\n', list);
        return newest with
        {
            Title = PlainText.Line(newest.Title, Notification.LongestTitle - PlainText.Bytes(more)) + more,
            Body = PlainText.Lines(newest.Body, Notification.LongestBody - PlainText.Bytes(tail) - 1) + "\n" + tail,
        };
    }
}
