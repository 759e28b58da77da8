using Mambo.AlertRelay.Notifications;
using Mambo.Contracts;
using Mambo.Contracts.Alerts;
using Mambo.Contracts.Deployments;

namespace Mambo.AlertRelay.Tests.Notifications;

public sealed class NotificationTextTests
{
    private static readonly AppDeployed Deployed = new()
    {
        App = "shop",
        Release = 12,
        Seconds = 14.2,
        RequestedBy = "ci:github",
        Commit = "1a2b3c4d5e6f708191a3b4c5d6e7f8091a2b3c4d",
        Urls = [new Uri("https://shop.example.org"), new Uri("https://www.example.org")],
        Host = "local",
    };

    private static readonly DeploymentFailed Failed = new()
    {
        App = "shop",
        Reason = DeploymentFailureReason.Unhealthy,
        Step = "start",
        Message = "The service web did not become healthy within 90 s.",
        ExitCode = 1,
        Output = ["listening on :80", "\u001b[31mno such table: orders\u001b[0m"],
        ServingRelease = 11,
        RequestedBy = "owner",
        Host = "web-1",
    };

    public static TheoryData<string, PlatformEvent, string, string, int, string> Texts => new()
    {
        {
            "deployed", Deployed, "shop 12 deployed",
            """
            In 14 s, asked for by ci:github, commit 1a2b3c4d
            https://shop.example.org/
            """,
            2, "white_check_mark shop"
        },
        {
            "deployed, something to look at", Deployed with { Warnings = ["web has no health check"], Seconds = 125.4, RequestedBy = null, Commit = "main", Urls = [] },
            "shop 12 deployed",
            """
            Look at: web has no health check
            In 2 min 5 s, commit main
            """,
            3, "warning shop"
        },
        {
            "failed", Failed, "shop: deploy failed at start",
            """
            The service web did not become healthy within 90 s.
            Release 11 serves.
            Asked for by owner, on web-1
            Exit code 1; the last lines:
            listening on :80
            no such table: orders
            """,
            4, "x shop"
        },
        {
            "failed, first release, nothing printed", Failed with { Step = null, ServingRelease = null, Output = [], RequestedBy = null, Host = "" }, "shop: deploy failed",
            """
            The service web did not become healthy within 90 s.
            No release serves.
            Exit code 1
            """,
            4, "x shop"
        },
        {
            "failed, something left", Failed with { ExitCode = null, Left = "The old container could not be started: port 80 is taken." }, "shop: deploy failed at start",
            """
            The service web did not become healthy within 90 s.
            Left behind: The old container could not be started: port 80 is taken.
            Release 11 serves.
            Asked for by owner, on web-1
            The last lines:
            listening on :80
            no such table: orders
            """,
            5, "rotating_light shop"
        },
        {
            "rejected", new DeploymentFailed
            {
                App = "shop",
                Reason = DeploymentFailureReason.Rejected,
                Message = "The command is not valid.",
                Errors = [new("bundle", "\"x\" is no digest."), new("images.web", "It is missing.")],
                RequestedBy = "ci:github",
            },
            "shop: deploy rejected",
            """
            The command is not valid.
            bundle: "x" is no digest.
            images.web: It is missing.
            Asked for by ci:github
            """,
            3, "no_entry shop"
        },
        {
            "rejected, no app", new DeploymentFailed { Reason = DeploymentFailureReason.Rejected, Message = "app: It is missing." }, "Deploy rejected", "app: It is missing.", 3, "no_entry"
        },
        {
            "rolled back", new DeploymentRolledBack { App = "shop", FromRelease = 12, ToRelease = 11, Seconds = 3.14, RequestedBy = "owner", Urls = [new Uri("https://shop.example.org")] },
            "shop is back at 11",
            """
            Release 12 was taken back; release 11 serves.
            In 3.1 s, asked for by owner
            https://shop.example.org/
            """,
            3, "leftwards_arrow_with_hook shop"
        },
        {
            "parked", new MessageParked { Queue = "deploy-app.local_error", Problem = "It is not JSON.", Depth = 3 }, "A message was parked in deploy-app.local_error",
            """
            It is not JSON.
            3 messages there wait for a person.
            """,
            4, "incoming_envelope"
        },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Of_Event_IsWhatAPersonNeeds(string name, PlatformEvent happened, string title, string body, int priority, string tags)
    {
        var notification = NotificationText.Of(happened);

        notification.Title.ShouldBe(title, name);
        notification.Body.ShouldBe(body, name);
        ((int)notification.Priority).ShouldBe(priority, name);
        string.Join(' ', notification.Tags).ShouldBe(tags, name);
    }

    [Fact]
    public void Of_DeployedWithUrls_LeadsToTheFirst() => NotificationText.Of(Deployed).Click.ShouldBe(new Uri("https://shop.example.org"));

    [Fact]
    public void Of_LotsOfOutput_KeepsItsEnd()
    {
        var output = Enumerable.Range(1, 500).Select(number => $"line {number} {new string('ü', 300)}").ToList();

        var body = NotificationText.Of(Failed with { Output = output }).Body;

        PlainText.Bytes(body).ShouldBeLessThanOrEqualTo(4095);
        body.ShouldStartWith("The service web did not become healthy");
        body.ShouldContain("Exit code 1; the last lines:\nline 49");
        body.Split('\n')[^1].ShouldStartWith("line 500 ü");
        body.Split('\n')[^1].ShouldEndWith("ü…");
    }

    [Fact]
    public void Of_ManyFaults_ShowsTenAndCountsTheRest()
    {
        var errors = Enumerable.Range(1, 12).Select(number => new FieldError($"field{number}", "no")).ToList();

        var body = NotificationText.Of(new DeploymentFailed { App = "shop", Reason = DeploymentFailureReason.Rejected, Message = "Not valid.", Errors = errors }).Body;

        body.ShouldEndWith("field10: no\nand 2 more faults");
    }

    [Fact]
    public void Of_RejectedWithAStrangersText_StaysWithinBoundsAndMakesNoTagOfIt()
    {
        var hostile = string.Concat(Enumerable.Repeat("\u001b[2J😀,\n", 30_000));

        var notification = NotificationText.Of(new DeploymentFailed
        {
            App = hostile,
            Reason = DeploymentFailureReason.Rejected,
            Message = hostile,
            RequestedBy = hostile,
            Errors = [new(hostile, hostile)],
        });

        PlainText.Bytes(notification.Title).ShouldBeLessThanOrEqualTo(1023);
        PlainText.Bytes(notification.Body).ShouldBeLessThanOrEqualTo(4095);
        PlainText.Bytes(notification.GroupKey).ShouldBeLessThanOrEqualTo(80);
        notification.Tags.ShouldBe(["no_entry"]);
        (notification.Title + notification.Body).ShouldNotContain('\u001b');
    }

    [Fact]
    public void Of_Rejections_AreGroupedBySenderWhateverAppTheyName()
    {
        var key = Rejected("ci", "shop").GroupKey;

        Rejected("ci", "other").GroupKey.ShouldBe(key);
        Rejected("owner", "shop").GroupKey.ShouldNotBe(key);
        NotificationText.Of(Failed).GroupKey.ShouldNotBe(NotificationText.Of(Failed with { App = "other" }).GroupKey);
        NotificationText.Of(Failed).GroupKey.ShouldNotBe(NotificationText.Of(Deployed).GroupKey);

        static Notification Rejected(string by, string app) =>
            NotificationText.Of(new DeploymentFailed { App = app, RequestedBy = by, Reason = DeploymentFailureReason.Rejected });
    }

    [Fact]
    public void Of_AnEventNobodyIsToldOf_Throws() => Should.Throw<ArgumentException>(() => NotificationText.Of(new BundleStored()));

    [Fact]
    public void Events_All_HaveAText()
    {
        foreach (var type in NotificationText.Events)
            NotificationText.Of((PlatformEvent)Activator.CreateInstance(type)!).Title.ShouldNotBeEmpty();
    }
}
