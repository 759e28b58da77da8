using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

using Dapper;

using Mambo.AlertRelay.Delivery;
using Mambo.Contracts.Alerts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Telemetry;

using Microsoft.Extensions.Time.Testing;

using static Mambo.AlertRelay.Tests.TroubledServer;

namespace Mambo.AlertRelay.Tests.Delivery;

/// <summary>Against a server that misbehaves, on a clock that only moves when nothing else can.</summary>
public sealed class DelivererTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
    private TroubledServer _server = null!;
    private Relay _relay = null!;

    public async Task InitializeAsync()
    {
        _server = await StartAsync();
        _relay = new Relay(new AlertOptions { Server = _server.Address, Topic = "phone" }, _time);
    }

    public async Task DisposeAsync()
    {
        await _relay.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Deliver_AllIsWell_OneRequestAndOneEvent()
    {
        await _relay.StartAsync();

        await _relay.HearAsync(new AppDeployed { App = "shop", Release = 1, OccurredAt = _time.GetUtcNow() - TimeSpan.FromSeconds(2) });

        var told = (await _relay.ToldAsync<AlertDelivered>(1)).ShouldHaveSingleItem();
        told.About.ShouldBe("app-deployed");
        told.Title.ShouldBe("shop 1 deployed");
        told.MessageId.ShouldBe("m1");
        told.Attempts.ShouldBe(1);
        told.Seconds.ShouldBe(2);
        told.NotificationId.ToString().ShouldBe(_server.Taken.Single().GetProperty("sequence_id").GetString());
        _server.Requests.ShouldBe(["POST /"]);
        _relay.Waiting().ShouldBeEmpty();
    }

    [Fact]
    public async Task Deliver_SameEventAgain_IsToldOnce()
    {
        await _relay.StartAsync();

        await _relay.HearAsync(Deployed("shop", 1), "m1");
        await _relay.HearAsync(Deployed("shop", 1), "m1");
        await _relay.HearAsync(Deployed("shop", 2), "m2");

        await _relay.ToldAsync<AlertDelivered>(2);
        _server.Titles.ShouldBe(["shop 1 deployed", "shop 2 deployed"]);
    }

    [Fact]
    public async Task Deliver_429ThenRetryAfterThen503_TriesAgainWhenItsTimeHasComeAndKeepsTheOrder()
    {
        _server.WhenPublishing.Enqueue(Status(429, """{"code":42901,"http":429,"error":"limit reached: too many requests"}"""));
        _server.WhenPublishing.Enqueue(Status(429, headers: ("Retry-After", "90")));
        _server.WhenPublishing.Enqueue(Status(503));
        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));
        await _relay.HearAsync(Deployed("shop", 2));

        var pauses = new List<double>();
        await AdvanceUntilAsync(() => _relay.Told<AlertDelivered>().Count == 2, pauses);

        pauses[0].ShouldBeInRange(0.8, 1.2);
        pauses[1].ShouldBe(90);
        pauses[2].ShouldBeInRange(3.2, 4.8);
        _server.Titles.ShouldBe(["shop 1 deployed", "shop 2 deployed"]);
        _relay.Told<AlertDelivered>().Select(told => told.Attempts).ShouldBe([4, 1]);
        // Only the 503 leaves a doubt, so only then the topic is read.
        _server.Requests.ShouldBe(["POST /", "POST /", "POST /", "GET /phone/json", "POST /", "POST /"]);
    }

    [Fact]
    public async Task Deliver_ServerTakesItAndHangs_LooksOnTheTopicAndDoesNotSendAgain()
    {
        _server.WhenPublishing.Enqueue(_server.TakeAndHangAsync);
        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));

        await _relay.UntilAsync(() => _server.Taken.Count == 1);
        await AdvanceUntilAsync(() => _relay.Told<AlertDelivered>().Count == 1, hanging: true);

        _server.Requests.ShouldBe(["POST /", "GET /phone/json"]);
        _relay.Told<AlertDelivered>().Single().MessageId.ShouldBe("m1");
    }

    [Fact]
    public async Task Deliver_ServerHangsAndTookNothing_LooksOnTheTopicAndSendsAgain()
    {
        _server.WhenPublishing.Enqueue(_server.HangAsync);
        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));

        await _relay.UntilAsync(() => !_server.Requests.IsEmpty);
        await AdvanceUntilAsync(() => _relay.Told<AlertDelivered>().Count == 1, hanging: true);

        _server.Requests.ShouldBe(["POST /", "GET /phone/json", "POST /"]);
        _server.Titles.ShouldBe(["shop 1 deployed"]);
    }

    [Fact]
    public async Task Deliver_LineBreaksInTheMiddleOfTheAnswer_DoesNotSendAgain()
    {
        _server.WhenPublishing.Enqueue(_server.TakeAndCutAsync);
        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));

        await AdvanceUntilAsync(() => _relay.Told<AlertDelivered>().Count == 1);

        _server.Requests.ShouldBe(["POST /", "GET /phone/json"]);
        _server.Taken.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Deliver_InDoubtAndTheTopicMayNotBeRead_SendsAgainUnderTheSameId()
    {
        _server.WhenPublishing.Enqueue(_server.TakeAndCutAsync);
        _server.WhenReading.Enqueue(Status(403));
        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));

        await AdvanceUntilAsync(() => _relay.Told<AlertDelivered>().Count == 1);

        _server.Taken.Select(message => message.GetProperty("sequence_id").GetString()).Distinct().Count().ShouldBe(1);
        _server.Taken.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Deliver_InDoubtAndTheTopicCannotBeReadNow_WaitsUntilItCan()
    {
        _server.WhenPublishing.Enqueue(_server.TakeAndCutAsync);
        _server.WhenReading.Enqueue(Status(502));
        _server.WhenReading.Enqueue(Status(200, "<html>login</html>"));
        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));

        await AdvanceUntilAsync(() => _relay.Told<AlertDelivered>().Count == 1);

        _server.Requests.ShouldBe(["POST /", "GET /phone/json", "GET /phone/json", "GET /phone/json"]);
        _server.Taken.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Deliver_KilledAfterTheServerTookIt_TheNextProcessFindsIt()
    {
        _server.WhenPublishing.Enqueue(_server.TakeAndHangAsync);
        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));
        await _relay.UntilAsync(() => _server.Taken.Count == 1);

        await _relay.RestartAsync();

        await _relay.ToldAsync<AlertDelivered>(1);
        _server.Requests.ShouldBe(["POST /", "GET /phone/json"]);
    }

    [Theory]
    [InlineData(400, "Check alerts.server and alerts.topic")]
    [InlineData(401, "secret ntfy-token")]
    [InlineData(403, "secret ntfy-token")]
    [InlineData(404, "alerts.server")]
    [InlineData(413, "message-size-limit")]
    public async Task Deliver_Refused_TellsWhyAtOnceAndGoesOn(int status, string remedy)
    {
        _server.WhenPublishing.Enqueue(Status(status, $$"""{"code":{{status}}01,"http":{{status}},"error":"the reason"}"""));
        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));
        await _relay.HearAsync(Deployed("shop", 2));

        await _relay.ToldAsync<AlertDelivered>(1);

        var failed = _relay.Told<AlertDeliveryFailed>().ShouldHaveSingleItem();
        failed.Title.ShouldBe("shop 1 deployed");
        failed.Attempts.ShouldBe(1);
        failed.Message.ShouldStartWith($"The ntfy server refused it: {status} the reason ({status}01). ");
        failed.Message.ShouldContain(remedy);
        _server.Titles.ShouldBe(["shop 2 deployed"]);
    }

    [Fact]
    public async Task Deliver_Redirect_IsNotFollowedAndSaysWhereTo()
    {
        _server.WhenPublishing.Enqueue(Status(301, headers: ("Location", "https://ntfy.example.org/")));
        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));

        (await _relay.ToldAsync<AlertDeliveryFailed>(1)).Single().Message.ShouldEndWith("Write the address it redirects to into alerts.server: https://ntfy.example.org.");
        _server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Deliver_ServerIsNoNtfyServer_KeepsItAndSaysSo()
    {
        _server.WhenPublishing.Enqueue(Status(200, "<html>It works</html>"));
        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));

        await AdvanceUntilAsync(() => _relay.Told<AlertDelivered>().Count == 1);

        _server.Titles.ShouldBe(["shop 1 deployed"]);
        _relay.Told<AlertDelivered>().Single().Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task Deliver_ServerAwayForTooLong_GivesUpAndSaysWhatToDo()
    {
        await _server.DisposeAsync();
        _relay.Options.GiveUpAfter = TimeSpan.FromHours(1);
        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));

        var pauses = new List<double>();
        await AdvanceUntilAsync(() => _relay.Told<AlertDeliveryFailed>().Count == 1, pauses);

        pauses.Sum().ShouldBeInRange(3600, 3600 + 300);
        pauses.Max().ShouldBe(300);
        var failed = _relay.Told<AlertDeliveryFailed>().Single();
        failed.Attempts.ShouldBe(pauses.Count + 1);
        failed.Message.ShouldStartWith($"Given up after 1h and {failed.Attempts} tries; the last failed with: Connection refused");
        _relay.Waiting().ShouldBeEmpty();
    }

    [Fact]
    public async Task Deliver_OneTheServerChokesOn_StepsAsideForTheOthersAndIsNotForgotten()
    {
        _server.WhenPublishing.Enqueue(Status(500));
        for (var i = 0; i < 4; i++)
        {
            _server.WhenReading.Enqueue(Status(200));
            _server.WhenPublishing.Enqueue(Status(500));
        }

        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));
        await _relay.HearAsync(Deployed("shop", 2));

        await AdvanceUntilAsync(() => _relay.Told<AlertDelivered>().Count == 2);

        _server.Titles.ShouldBe(["shop 2 deployed", "shop 1 deployed"]);
        _relay.Told<AlertDelivered>().Select(told => told.Attempts).ShouldBe([1, 6]);
    }

    [Fact]
    public async Task Deliver_MoreThanTheServerGrants_SpreadsThemByTheBucket()
    {
        (_relay.Options.Burst, _relay.Options.RefillInterval) = (3, TimeSpan.FromSeconds(5));
        for (var app = 1; app <= 6; app++)
            await _relay.HearAsync(Deployed($"app-{app}", 1));
        var start = _time.GetUtcNow();
        await _relay.StartAsync();

        await _relay.UntilAsync(() => _server.Taken.Count == 3);
        await AdvanceUntilAsync(() => _relay.Told<AlertDelivered>().Count == 6);

        _server.Titles.ShouldBe(Enumerable.Range(1, 6).Select(app => $"app-{app} 1 deployed"));
        (_time.GetUtcNow() - start).TotalSeconds.ShouldBeInRange(15, 30);
    }

    [Fact]
    public async Task Deliver_FloodOfRejectionsFromOneSender_AFewMessagesThatCountThemAll()
    {
        await _relay.StartAsync();
        for (var i = 1; i <= 200; i++)
            await _relay.HearAsync(new DeploymentFailed { App = $"app-{i}", Reason = DeploymentFailureReason.Rejected, Message = "no", RequestedBy = "ci" });
        await _relay.HearAsync(Deployed("shop", 1));
        await AdvanceUntilAsync(() => _relay.Told<AlertDelivered>().Count == 201);

        _server.Taken.Count.ShouldBeLessThanOrEqualTo(5 + 1 + 1);
        _server.Titles[^1].ShouldMatch("^app-200: deploy rejected, and [0-9]+ more$");
        _server.Titles.ShouldContain("shop 1 deployed");
        var together = _relay.Told<AlertDelivered>().Where(told => told.MessageId == $"m{_server.Taken.Count}").ToList();
        _server.Titles[^1].ShouldContain($"and {together.Count - 1} more");
        _relay.Told<AlertDelivered>().Select(told => told.NotificationId).Distinct().Count().ShouldBe(201);
    }

    [Fact]
    public async Task Deliver_ManyWaitedForTheServer_TheLastWordOnAnAppIsTheLastThingThatHappened()
    {
        for (var release = 1; release <= 7; release++)
        {
            await _relay.HearAsync(Deployed("shop", release));
            await _relay.HearAsync(new DeploymentFailed { App = "shop", Reason = DeploymentFailureReason.Unhealthy, Step = "start", Message = $"try {release}" });
        }

        await _relay.StartAsync();
        await _relay.ToldAsync<AlertDelivered>(14);

        _server.Titles.ShouldBe(["shop 7 deployed, and 6 more", "shop: deploy failed at start, and 6 more"]);
        _server.Taken.Last().GetProperty("message").GetString()!.ShouldStartWith("try 7");
    }

    [Fact]
    public async Task Deliver_ClockSetBack_DoesNotWaitForTheOldTime()
    {
        _server.WhenPublishing.Enqueue(Status(429));
        await _relay.StartAsync();
        await _relay.HearAsync(Deployed("shop", 1));
        await _relay.UntilAsync(() => PutOff() is not null);
        await _relay.Journal.WriteAsync(transaction =>
            transaction.Execute("UPDATE notifications SET next_attempt_at = @later", new { later = _time.GetUtcNow() + TimeSpan.FromDays(1) }));

        await _relay.RestartAsync();

        await _relay.ToldAsync<AlertDelivered>(1);
    }

    [Fact]
    public async Task Deliver_EventOfATrace_TheTraceGoesOnToTheServerAndToTheAnswer()
    {
        using var listener = new ActivityListener { ShouldListenTo = source => source.Name == "Mambo", Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        string? sent = null;
        _server.WhenPublishing.Enqueue(context =>
        {
            sent = context.Request.Headers.TraceParent;
            return Status(200, """{"id":"m1"}""")(context);
        });
        await _relay.StartAsync();

        string trace;
        using (var activity = Activities.Source.StartActivity("the door")!)
        {
            trace = activity.TraceId.ToString();
            await _relay.HearAsync(Deployed("shop", 1));
        }

        await _relay.ToldAsync<AlertDelivered>(1);
        sent.ShouldNotBeNull().ShouldContain(trace);
        _relay.Journal.Read(connection => connection.QuerySingle<string>("SELECT trace_parent FROM outbox")).ShouldContain(trace);
    }

    [Fact]
    public async Task Deliver_GoodAndBadEnds_AreCountedAndTimed()
    {
        using var metrics = new MeterListener();
        var counted = new ConcurrentQueue<string>();
        var durations = new ConcurrentQueue<double>();
        metrics.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == MamboMeter.Meter && instrument.Name is "mambo.alerts.delivered" or "mambo.alert.delivery.duration")
                listener.EnableMeasurementEvents(instrument);
        };
        metrics.SetMeasurementEventCallback<long>((_, count, labels, _) => counted.Enqueue($"{labels[0].Value} {count}"));
        metrics.SetMeasurementEventCallback<double>((_, seconds, _, _) => durations.Enqueue(seconds));
        metrics.Start();
        _server.WhenPublishing.Enqueue(Status(413));
        await _relay.StartAsync();

        await _relay.HearAsync(Deployed("shop", 1) with { OccurredAt = _time.GetUtcNow() - TimeSpan.FromSeconds(4711) });
        await _relay.HearAsync(Deployed("shop", 2) with { OccurredAt = _time.GetUtcNow() - TimeSpan.FromSeconds(4712) });

        // Other tests count too, at the same time.
        await _relay.UntilAsync(() => durations.Contains(4712));
        counted.ShouldContain("refused 1");
        counted.ShouldContain("delivered 1");
        durations.ShouldNotContain(4711);
    }

    [Fact]
    public async Task Count_SomeWait_IsTheGaugesValue()
    {
        await _relay.HearAsync(Deployed("shop", 1));
        await _relay.HearAsync(Deployed("shop", 2));

        new DeliveryQueue(_relay.Journal).Count().ShouldBe(2);
    }

    [Fact]
    public async Task Hear_NoTopic_KeepsNothing()
    {
        _relay.Options.Topic = null;
        await _relay.StartAsync();

        await _relay.HearAsync(Deployed("shop", 1));

        _relay.Waiting().ShouldBeEmpty();
        _server.Requests.ShouldBeEmpty();
    }

    private static AppDeployed Deployed(string app, int release) => new() { App = app, Release = release };

    /// <summary>The one everything waits for. One that has stepped aside counts only when it is the last: the others are sent meanwhile.</summary>
    private NotificationRow? PutOff() => _relay.Journal.Read(connection => connection.QueryFirstOrDefault<NotificationRow>(
        """
        SELECT * FROM notifications
        WHERE next_attempt_at > @now AND (NOT stepped_aside OR (SELECT COUNT(*) FROM notifications) = 1)
        """,
        new { now = _time.GetUtcNow() }));

    /// <summary>
    /// Moves the clock to the next try whenever the relay waits for one; in small steps when it waits for something else, such as the bucket; never during a request.
    /// </summary>
    /// <param name="condition">Ends it.</param>
    /// <param name="pauses">Gets the length of each move to a next try, in seconds.</param>
    /// <param name="hanging">The first request hangs, and only its deadline can end it.</param>
    private async Task AdvanceUntilAsync(Func<bool> condition, List<double>? pauses = null, bool hanging = false)
    {
        var idle = 0;
        await _relay.UntilAsync(() =>
        {
            if (condition())
                return true;
            if (PutOff() is { } row)
            {
                var pause = row.NextAttemptAt!.Value - _time.GetUtcNow();
                pauses?.Add(pause.TotalSeconds);
                // The relay's timer is set to the next whole millisecond.
                _time.Advance(pause + TimeSpan.FromMilliseconds(1));
                (idle, hanging) = (0, false);
            }
            else if (++idle % (hanging || _relay.Waiting().All(waiting => waiting.Attempts == 0) ? 3 : 100) == 0)
            {
                // The hundred: the clock may have been moved in the instant in which the relay set its timer by it.
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            return false;
        });
    }
}
