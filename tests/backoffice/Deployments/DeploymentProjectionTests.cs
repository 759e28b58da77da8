using Mambo.Backoffice.Deployments;
using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Tests.Deployments;

public sealed class DeploymentProjectionTests
{
    private static readonly Guid Id = Guid.Parse("01980c5e-7b1a-7c3e-9a55-3f0d5b2c8e11");
    private static readonly DateTimeOffset Eight = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

    private static readonly Deployment Asked = new()
    {
        DeploymentId = Id,
        App = "shop",
        Host = "local",
        State = DeploymentState.Requested,
        RequestedBy = "ci",
        RequestedAt = Eight,
        Bundle = "sha256:b",
        Images = new Dictionary<string, string> { ["web"] = "shop:2" },
        Commit = "abc",
    };

    private static readonly DeploymentAccepted Accepted = new() { DeploymentId = Id, App = "shop", Host = "local", OccurredAt = At(1), RequestedBy = "ci", RequestedAt = Eight, Bundle = "sha256:b", Steps = ["pull", "start", "switch"] };

    private static readonly AppDeployed Deployed = new()
    {
        DeploymentId = Id,
        App = "shop",
        Host = "local",
        OccurredAt = At(9),
        Release = 7,
        Bundle = "sha256:b",
        Images = new Dictionary<string, string> { ["web"] = "shop@sha256:1" },
        Urls = [new Uri("http://shop.localhost")],
        Commit = "abc",
        RequestedBy = "ci",
        Seconds = 8.5,
        Warnings = ["web has no health check"],
    };

    [Fact]
    public void Apply_Accepted_StepsArePending()
    {
        var shown = After(Asked, Accepted);

        shown.State.ShouldBe(DeploymentState.Accepted);
        shown.AcceptedAt.ShouldBe(At(1));
        shown.Images.ShouldBe(Asked.Images);
        Steps(shown).ShouldBe("pull:Pending start:Pending switch:Pending");
    }

    [Fact]
    public void Apply_StepCompleted_TheNextIsRunning()
    {
        var shown = After(Asked, Accepted, Completed(1, "pull"));

        shown.State.ShouldBe(DeploymentState.Running);
        Steps(shown).ShouldBe("pull:Done start:Running switch:Pending");
        shown.Steps[0].Seconds.ShouldBe(1.5);
    }

    [Fact]
    public void Apply_Deployed_ShowsWhatServes()
    {
        var shown = After(Asked, Accepted, Completed(1, "pull"), Completed(2, "start"), Completed(3, "switch"), Deployed);

        shown.ShouldSatisfyAllConditions(
            () => shown.State.ShouldBe(DeploymentState.Deployed),
            () => shown.Release.ShouldBe(7),
            () => shown.Images.ShouldBe(Deployed.Images),
            () => shown.Urls.ShouldBe(Deployed.Urls),
            () => shown.Warnings.ShouldBe(Deployed.Warnings),
            () => shown.EndedAt.ShouldBe(At(9)),
            () => shown.Seconds.ShouldBe(8.5),
            () => shown.Failure.ShouldBeNull(),
            () => Steps(shown).ShouldBe("pull:Done start:Done switch:Done"));
    }

    [Fact]
    public void Apply_Failed_NamesTheStepAndWhy()
    {
        var failed = new DeploymentFailed
        {
            DeploymentId = Id,
            App = "shop",
            Host = "local",
            OccurredAt = At(5),
            Reason = DeploymentFailureReason.Unhealthy,
            Step = "start",
            Message = "web is unhealthy.",
            ExitCode = 1,
            Output = ["line"],
            Left = "a container",
            ServingRelease = 6,
            Errors = [new FieldError("a", "b")],
        };

        var shown = After(Asked, Accepted, Completed(1, "pull"), failed);

        shown.State.ShouldBe(DeploymentState.Failed);
        shown.Seconds.ShouldBe(4);
        shown.RequestedBy.ShouldBe("ci");
        Steps(shown).ShouldBe("pull:Done start:Failed switch:Pending");
        var failure = shown.Failure.ShouldNotBeNull();
        (failure.Reason, failure.Step, failure.Message, failure.ExitCode, failure.Left, failure.ServingRelease).ShouldBe((DeploymentFailureReason.Unhealthy, "start", "web is unhealthy.", 1, "a container", 6));
        failure.Output.ShouldBe(["line"]);
        failure.Errors.ShouldBe([new FieldError("a", "b")]);
    }

    [Fact]
    public void Apply_Rejected_HasNeitherStepsNorSeconds()
    {
        var shown = After(null, new DeploymentFailed { DeploymentId = Id, App = "", Host = "local", OccurredAt = At(1), Reason = DeploymentFailureReason.Rejected, Message = "no", RequestedBy = "amqp" });

        (shown.State, shown.App, shown.RequestedBy, shown.RequestedAt, shown.Seconds).ShouldBe((DeploymentState.Failed, "", "amqp", At(1), null));
        shown.Steps.ShouldBeEmpty();
    }

    [Fact]
    public void Apply_RolledBack_ShowsTheReleaseThatServesAgain()
    {
        var shown = After(null, Accepted, new DeploymentRolledBack { DeploymentId = Id, App = "shop", OccurredAt = At(3), FromRelease = 7, ToRelease = 6, Urls = [new Uri("http://shop.localhost")], RequestedBy = "jo", Seconds = 2 });

        (shown.State, shown.Release, shown.Seconds, shown.RequestedBy).ShouldBe((DeploymentState.RolledBack, 6, 2, "jo"));
    }

    [Theory]
    [InlineData(true, DeploymentState.Cancelled)]
    [InlineData(false, DeploymentState.Superseded)]
    public void Apply_GivenUp_NoStepRuns(bool cancelled, object state)
    {
        DeploymentEvent end = cancelled ? new DeploymentCancelled { DeploymentId = Id, OccurredAt = At(4), Step = "start" } : new DeploymentSuperseded { DeploymentId = Id, OccurredAt = At(4) };

        var shown = After(Asked, Accepted, Completed(1, "pull"), end);

        shown.State.ShouldBe((DeploymentState)state);
        shown.EndedAt.ShouldBe(At(4));
        Steps(shown).ShouldBe("pull:Done start:Pending switch:Pending");
    }

    [Fact]
    public void Apply_NobodyAskedHere_TheRowIsMadeOfTheEvents()
    {
        var shown = After(null, Accepted with { RequestedBy = "amqp", RequestedAt = default });

        (shown.App, shown.Host, shown.RequestedBy, shown.Bundle, shown.RequestedAt).ShouldBe(("shop", "local", "amqp", "sha256:b", At(1)));
    }

    /// <summary>A redelivery may overtake: whatever the order, the same facts are shown in the end.</summary>
    [Fact]
    public void Apply_AnyOrder_SameEnd()
    {
        DeploymentEvent[] events = [Accepted, Completed(1, "pull"), Completed(2, "start"), Completed(3, "switch"), Deployed];
        var expected = Shown(After(Asked, events));

        foreach (var order in Orders(events))
            Shown(After(Asked, order)).ShouldBe(expected);
    }

    [Fact]
    public void Apply_SecondEnd_TheFirstStands()
    {
        var shown = After(Asked, Accepted, Deployed, new DeploymentFailed { DeploymentId = Id, App = "shop", OccurredAt = At(10), Message = "late" });

        shown.State.ShouldBe(DeploymentState.Deployed);
        shown.Failure.ShouldBeNull();
        shown.EndedAt.ShouldBe(At(9));
    }

    private static DateTimeOffset At(int seconds) => Eight.AddSeconds(seconds);

    private static DeploymentStepCompleted Completed(int number, string name) => new() { DeploymentId = Id, App = "shop", Host = "local", OccurredAt = At(1 + number), Step = name, Number = number, Of = 3, Seconds = 1.5 };

    private static Deployment After(Deployment? before, params IEnumerable<DeploymentEvent> events)
    {
        foreach (var happened in events)
            before = DeploymentProjection.Apply(before, happened);
        return before!;
    }

    private static string Steps(Deployment shown) => string.Join(' ', shown.Steps.Select(step => $"{step.Name}:{step.State}"));

    private static string Shown(Deployment shown) => System.Text.Json.JsonSerializer.Serialize(shown, Contracts.WireJson.Options);

    private static IEnumerable<DeploymentEvent[]> Orders(DeploymentEvent[] events) => events.Length <= 1
        ? [events]
        : events.SelectMany((first, index) => Orders([.. events[..index], .. events[(index + 1)..]]).Select(rest => (DeploymentEvent[])[first, .. rest]));
}
