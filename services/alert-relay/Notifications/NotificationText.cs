using Mambo.Contracts;
using Mambo.Contracts.Alerts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Names;

namespace Mambo.AlertRelay.Notifications;

/// <summary>From an event to what a person with a phone in the hand needs: what happened, why, what serves now, who asked.</summary>
internal static class NotificationText
{
    private const int MostErrors = 10;
    private const int MostOutputLines = 10;
    private const int LongestName = 80;
    private const int LongestMessage = 1500;
    private const int LongestLine = 400;

    /// <summary>The events a notification is made of.</summary>
    public static IReadOnlyList<Type> Events { get; } = [typeof(AppDeployed), typeof(DeploymentFailed), typeof(DeploymentRolledBack), typeof(MessageParked)];

    /// <exception cref="ArgumentException">The event is none of <see cref="Events"/>.</exception>
    public static Notification Of(PlatformEvent happened) => happened switch
    {
        AppDeployed deployed => Deployed(deployed),
        DeploymentFailed { Reason: DeploymentFailureReason.Rejected } rejected => Rejected(rejected),
        DeploymentFailed failed => Failed(failed),
        DeploymentRolledBack back => RolledBack(back),
        MessageParked parked => Parked(parked),
        _ => throw new ArgumentException($"{happened.GetType().Name} is no event a phone is told of.", nameof(happened)),
    };

    private static Notification Deployed(AppDeployed deployed) => new()
    {
        GroupKey = Key("app-deployed", deployed.App),
        Title = $"{Name(deployed.App)} {deployed.Release} deployed",
        Body = Paragraph(
            [
                .. deployed.Warnings.Select(warning => $"Look at: {Short(warning)}"),
                Circumstances(deployed, deployed.Seconds, deployed.RequestedBy, deployed.Commit),
                First(deployed.Urls)?.ToString() ?? "",
            ]),
        Priority = deployed.Warnings.Count > 0 ? Priority.Default : Priority.Low,
        Tags = Tags(deployed.Warnings.Count > 0 ? "warning" : "white_check_mark", deployed.App),
        Click = First(deployed.Urls),
    };

    private static Notification Failed(DeploymentFailed failed) => new()
    {
        GroupKey = Key("deployment-failed", failed.App),
        Title = failed.Step is null ? $"{Name(failed.App)}: {Word(failed.Kind)} failed" : $"{Name(failed.App)}: {Word(failed.Kind)} failed at {PlainText.Line(failed.Step, LongestName)}",
        Body = WithLastLines(
            Paragraph(
                [
                    PlainText.Lines(failed.Message, LongestMessage),
                    failed.Left is null ? "" : $"Left behind: {PlainText.Lines(failed.Left, LongestMessage)}",
                    failed.ServingRelease is { } serving ? $"Release {serving} serves." : "No release serves.",
                    Circumstances(failed, null, failed.RequestedBy, null),
                ]),
            failed.ExitCode,
            failed.Output),
        Priority = failed.Left is null ? Priority.High : Priority.Urgent,
        Tags = Tags(failed.Left is null ? "x" : "rotating_light", failed.App),
    };

    /// <summary>Nothing was touched, and the sender has the errors too: a person should know, not jump. What is rejected may name any app, so senders are the group.</summary>
    private static Notification Rejected(DeploymentFailed rejected) => new()
    {
        GroupKey = Key("deployment-rejected", rejected.RequestedBy ?? ""),
        Title = rejected.App.Length == 0 ? "Deploy rejected" : $"{Name(rejected.App)}: {Word(rejected.Kind)} rejected",
        Body = Paragraph(
            [
                PlainText.Lines(rejected.Message, LongestMessage),
                .. rejected.Errors.Take(MostErrors).Select(error => Short($"{error.Field}: {error.Problem}")),
                rejected.Errors.Count > MostErrors ? $"and {Count(rejected.Errors.Count - MostErrors, "more fault")}" : "",
                Circumstances(rejected, null, rejected.RequestedBy, null),
            ]),
        Priority = Priority.Default,
        Tags = Tags("no_entry", rejected.App),
    };

    private static string Word(DeploymentKind kind) => kind.ToString().ToLowerInvariant();

    private static Notification RolledBack(DeploymentRolledBack back) => new()
    {
        GroupKey = Key("deployment-rolled-back", back.App),
        Title = $"{Name(back.App)} is back at {back.ToRelease}",
        Body = Paragraph(
            [
                $"Release {back.FromRelease} was taken back; release {back.ToRelease} serves.",
                Circumstances(back, back.Seconds, back.RequestedBy, null),
                First(back.Urls)?.ToString() ?? "",
            ]),
        Priority = Priority.Default,
        Tags = Tags("leftwards_arrow_with_hook", back.App),
        Click = First(back.Urls),
    };

    private static Notification Parked(MessageParked parked) => new()
    {
        GroupKey = Key("message-parked", parked.Queue),
        Title = $"A message was parked in {PlainText.Line(parked.Queue, LongestName)}",
        Body = Paragraph(
            [
                PlainText.Lines(parked.Problem, LongestMessage),
                parked.Depth is { } depth ? $"{Count(depth, "message")} there wait for a person." : "",
                Circumstances(parked, null, null, null),
            ]),
        Priority = Priority.High,
        Tags = ["incoming_envelope"],
    };

    /// <summary>How long, who, from what, where; only what is known, and not the host of a platform that never named its own.</summary>
    private static string Circumstances(PlatformEvent happened, double? seconds, string? by, string? commit)
    {
        string[] known =
        [
            seconds is { } took ? $"in {Took(took)}" : "",
            string.IsNullOrWhiteSpace(by) ? "" : $"asked for by {PlainText.Line(by, LongestName)}",
            string.IsNullOrWhiteSpace(commit) ? "" : $"commit {(IsHash(commit) ? commit[..8] : PlainText.Line(commit, LongestName))}",
            happened.Host is "" or "local" ? "" : $"on {happened.Host}",
        ];
        var sentence = string.Join(", ", known.Where(part => part.Length > 0));
        return sentence.Length == 0 ? "" : $"{char.ToUpperInvariant(sentence[0])}{sentence[1..]}";
    }

    /// <summary>The end of what a failed command printed says why it failed, so it is the older lines that give way.</summary>
    private static string WithLastLines(string head, int? exitCode, IReadOnlyList<string> output)
    {
        var lines = output.Select(Short).Where(line => line.Length > 0).TakeLast(MostOutputLines).ToList();
        var caption = (exitCode, lines.Count) switch
        {
            (null, 0) => "",
            (null, _) => "The last lines:",
            (_, 0) => $"Exit code {exitCode}",
            _ => $"Exit code {exitCode}; the last lines:",
        };
        string whole;
        while (PlainText.Bytes(whole = Paragraph([head, caption, .. lines])) > Notification.LongestBody && lines.Count > 0)
            lines.RemoveAt(0);
        return whole;
    }

    private static Uri? First(IReadOnlyList<Uri> urls) => urls is [var first, ..] ? first : null;

    private static string Paragraph(IEnumerable<string> lines) => string.Join('\n', lines.Where(line => line.Length > 0));

    private static string Short(string line) => PlainText.Line(line, LongestLine);

    private static string Name(string app) => PlainText.Line(app, LongestName);

    private static string Key(string kind, string what) => PlainText.Line($"{kind} {what}", LongestName);

    /// <summary>A rejected command may name anything; only what is an app's name becomes a tag.</summary>
    private static IReadOnlyList<string> Tags(string emoji, string app) => AppName.TryParse(app, out var name, out _) ? [emoji, name.Value] : [emoji];

    private static string Count(long count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private static string Took(double seconds) => seconds switch
    {
        < 10 => $"{seconds:0.0} s",
        < 60 => $"{seconds:0} s",
        _ => $"{(int)(seconds / 60)} min {(int)(seconds % 60)} s",
    };

    private static bool IsHash(string commit) => commit.Length is 40 or 64 && commit.All(char.IsAsciiHexDigit);
}
