using System.Text.Json;

using Mambo.Contracts;
using Mambo.Contracts.Alerts;
using Mambo.TestEnvironment;

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mambo.ServiceDefaults.Tests.Bus;

/// <summary>One real broker for all tests here; each test is a host of its own on it.</summary>
[Trait("Needs", "Docker")]
public sealed class RabbitMqBusTests(RabbitMqBusTests.Server server) : IClassFixture<RabbitMqBusTests.Server>
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly RabbitMqServer _broker = server.Broker;

    [Fact]
    public async Task PlainClient_CommandWithoutAnyHeader_ReachesTheHandlerAndBeginsATrace()
    {
        await using var process = await new BusProcess(_broker, "plain").StartAsync();

        await _broker.PublishRawAsync("mambo.deploy-app", "plain", """{"app":"shop","images":{"web":5},"imges":{}}""");

        await BusProcess.UntilAsync(() => process.Commands.Count == 1);
        var delivery = process.Commands.Single();
        delivery.Command.App.ShouldBe("shop");
        delivery.MessageId.ShouldBeNull();
        delivery.BodyDigest.Length.ShouldBe(64);
        delivery.Faults.Select(fault => $"{fault.Field}: {fault.Problem}").ShouldBe(
            ["images.web: It is a number. Write text in quotes.", "imges: There is no such field. Did you mean images?"]);
        process.LastTrace.ShouldNotBe(new string('0', 32));
    }

    [Fact]
    public async Task PlainClient_Event_ReachesTheHandlerUnderItsExchangesName()
    {
        await using var process = await new BusProcess(_broker, "plain-event").StartAsync();

        await _broker.PublishRawAsync("mambo.app-deployed", "", """{"app":"shop"}""");

        await BusProcess.UntilAsync(() => process.Happened.Count == 1);
        process.Happened.Single().Type.ShouldBe("app-deployed");
        process.Happened.Single().MessageId.ShouldStartWith("body:");
    }

    [Fact]
    public async Task Publish_OurOwn_ArrivesWithIdBodyAndTrace()
    {
        await using var process = await new BusProcess(_broker, "own").StartAsync();

        await process.PublishAsync("deploy-app", """{ "app" : "shop" }""", id: "any text", host: "own", traceParent: Trace);
        await process.PublishAsync("app-deployed", """{ "app" : "ü" }""", id: "0f:accepted", traceParent: Trace);

        await BusProcess.UntilAsync(() => process.Commands.Count == 1 && process.Happened.Count == 1);
        process.Commands.Single().MessageId.ShouldBe("any text");
        process.Commands.Single().Command.App.ShouldBe("shop");
        var happened = process.Happened.Single();
        (happened.Type, happened.MessageId, happened.Body).ShouldBe(("app-deployed", "0f:accepted", """{ "app" : "ü" }"""));
        process.Traces["any text"].ShouldBe("0af7651916cd43dd8448eb211c80319c");
        process.Traces["0f:accepted"].ShouldBe("0af7651916cd43dd8448eb211c80319c");
    }

    [Fact]
    public async Task Publish_NobodyListens_ThrowsAndMakesNothingAListenerWouldClashWith()
    {
        await using (var lonely = await new BusProcess(_broker, "lonely", listens: false).StartAsync())
        {
            var fault = await Should.ThrowAsync<Exception>(lonely.PublishAsync("deploy-app", "{}", host: "nowhere"));
            fault.Message.ShouldBe("Nobody listens for deploy-app on host nowhere. Start the service that carries it out there, or name another host.");
        }

        await using var process = await new BusProcess(_broker, "nowhere").StartAsync();
        await process.PublishAsync("deploy-app", "{}", host: "nowhere");
        await BusProcess.UntilAsync(() => process.Commands.Count == 1);
    }

    [Fact]
    public async Task Publish_ForAnotherHost_IsNotDeliveredHere()
    {
        await using var one = await new BusProcess(_broker, "one").StartAsync();
        await using var two = await new BusProcess(_broker, "two").StartAsync();

        await one.PublishAsync("deploy-app", "{}", host: "two");

        await BusProcess.UntilAsync(() => two.Commands.Count == 1);
        one.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task Publish_AThousandEvents_ArriveInOrder()
    {
        await using var process = await new BusProcess(_broker, "order").StartAsync();

        for (var number = 1; number <= 1000; number++)
            await process.PublishAsync(number % 2 == 0 ? "app-deployed" : "deployment-step-completed", "{}", id: $"{number}");

        await BusProcess.UntilAsync(() => process.Happened.Count == 1000);
        process.Happened.Select(happened => happened.MessageId).ShouldBe(Enumerable.Range(1, 1000).Select(number => $"{number}"));
    }

    [Fact]
    public async Task Handler_FailsForGood_ParksInABoundedQuorumQueueAndTells()
    {
        await using var process = await new BusProcess(_broker, "parks").StartAsync();
        process.OnCommand = _ => throw new InvalidOperationException("token=hunter2");

        await _broker.PublishRawAsync("mambo.deploy-app", "parks", """{"app":"shop"}""");

        await BusProcess.UntilAsync(() => process.Happened.Count == 1);
        process.Commands.Count.ShouldBe(4);
        var parked = JsonSerializer.Deserialize<MessageParked>(process.Happened.Single().Body, WireJson.Options)!;
        (parked.Queue, parked.Depth).ShouldBe(("deploy-app.parks_error", 1));
        parked.Problem.ShouldBe("Its handler failed with InvalidOperationException; the log of the service says more.");

        var queues = (await _broker.QueuesAsync()).ToDictionary(queue => queue.GetProperty("name").GetString()!);
        queues["deploy-app.parks"].GetProperty("type").GetString().ShouldBe("quorum");
        queues["deploy-app.parks_error"].GetProperty("type").GetString().ShouldBe("quorum");
        var bounds = queues["deploy-app.parks_error"].GetProperty("arguments").ToString();
        bounds.ShouldContain("1000");
        bounds.ShouldContain("1209600000");
        bounds.ShouldNotContain("dead-letter");
    }

    [Fact]
    public async Task Message_NotJson_ParksAtOnceAndIsToldOfAgainAtStart()
    {
        await using (var process = await new BusProcess(_broker, "garbage").StartAsync())
        {
            await _broker.PublishRawAsync("mambo.deploy-app", "garbage", new byte[] { (byte)'"', 0xFF, (byte)'"' });

            await BusProcess.UntilAsync(() => process.Happened.Count == 1);
            process.Commands.ShouldBeEmpty();
            process.Happened.Single().Body.ShouldContain("It is not valid UTF-8.");
        }

        await using var next = await new BusProcess(_broker, "garbage").StartAsync();
        await BusProcess.UntilAsync(() => next.Happened.Count == 1);
        next.Happened.Single().Body.ShouldContain("Messages lie in the error queue.");
        next.Happened.Single().Body.ShouldContain("\"depth\":1");
    }

    [Fact]
    public async Task Connection_ClosedWhileAHandlerRuns_DeliversAgainMarkedAsSuch()
    {
        await using var process = await new BusProcess(_broker, "closed").StartAsync();
        var hold = new TaskCompletionSource();
        process.OnCommand = _ => process.Commands.Count == 1 ? hold.Task : Task.CompletedTask;
        await process.PublishAsync("deploy-app", """{"app":"shop"}""", id: "twice", host: "closed");
        await BusProcess.UntilAsync(() => process.Commands.Count == 1);

        await _broker.ControlAsync("close_all_connections", "test");
        hold.SetResult();

        await BusProcess.UntilAsync(() => process.Commands.Count == 2);
        process.Commands.Select(delivery => (delivery.MessageId, delivery.Redelivered)).ShouldBe([("twice", false), ("twice", true)]);
    }

    [Fact]
    public async Task Broker_KilledAndBack_EverythingResumesAndHealthSaysSo()
    {
        await using var process = await new BusProcess(_broker, "killed").StartAsync();
        await process.PublishAsync("deploy-app", "{}", id: "before", host: "killed");
        await BusProcess.UntilAsync(() => process.Commands.Count == 1);

        Task waiting;
        await _broker.KillAsync();
        try
        {
            await BusProcess.UntilAsync(async () => await ReasonAsync(process, "ready") is { } reason && reason.StartsWith($"RabbitMQ at 127.0.0.1:{_broker.Port} is not connected: ", StringComparison.Ordinal));
            (await ReasonAsync(process, "live")).ShouldBe($"RabbitMQ at 127.0.0.1:{_broker.Port} is away; the service reconnects by itself, a restart would not help");
            (await process.HealthAsync("live")).Status.ShouldBe(HealthStatus.Healthy);
            using var late = new CancellationTokenSource(500);
            await Should.ThrowAsync<OperationCanceledException>(process.PublishAsync("deploy-app", "{}", id: "during", host: "killed", cancellationToken: late.Token));
            waiting = process.PublishAsync("deploy-app", "{}", id: "after", host: "killed");
        }
        finally
        {
            await _broker.StartAgainAsync();
        }

        await waiting;

        await BusProcess.UntilAsync(() => process.Commands.Any(delivery => delivery.MessageId == "after"));
        await BusProcess.UntilAsync(async () => (await process.HealthAsync("ready")).Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task Start_WithoutABroker_ComesUpAndStopsInTime()
    {
        var process = await new BusProcess(ServiceProcess.FreePort()).StartAsync(untilReady: false);

        (await process.HealthAsync("ready")).Status.ShouldBe(HealthStatus.Unhealthy);
        (await process.HealthAsync("live")).Status.ShouldBe(HealthStatus.Healthy);

        var watch = System.Diagnostics.Stopwatch.StartNew();
        await process.DisposeAsync();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    private static async Task<string?> ReasonAsync(BusProcess process, string tag) => (await process.HealthAsync(tag)).Entries.Values.Single().Description;

    public sealed class Server : IAsyncLifetime
    {
        public RabbitMqServer Broker { get; private set; } = null!;

        public async Task InitializeAsync() => Broker = await RabbitMqServer.StartAsync();

        public async Task DisposeAsync() => await Broker.DisposeAsync();
    }
}
