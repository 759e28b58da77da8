using System.Text.Json;

using Mambo.Contracts;
using Mambo.Contracts.Alerts;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Tests.Hosts;

using MassTransit;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Mambo.ServiceDefaults.Tests.Bus;

public sealed class InMemoryBusTests
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public async Task Publish_Command_ArrivesWithItsIdAndItsTrace()
    {
        await using var process = await new BusProcess().StartAsync();

        await process.PublishAsync("deploy-app", """{"app":"shop","images":{"web":"nginx"}}""", id: "any text", host: "local", traceParent: Trace);

        await BusProcess.UntilAsync(() => process.Commands.Count == 1);
        var delivery = process.Commands.Single();
        delivery.Command.App.ShouldBe("shop");
        delivery.Command.Images!["web"].ShouldBe("nginx");
        delivery.MessageId.ShouldBe("any text");
        delivery.BodyDigest.ShouldBe("9fa0b60a0693d2e25ae4dbd59f8e8eb0387982d050bc34a6cd3b94b33c5ec6e7");
        delivery.Redelivered.ShouldBeFalse();
        delivery.Faults.ShouldBeEmpty();
        process.Traces["any text"].ShouldBe("0af7651916cd43dd8448eb211c80319c");
    }

    [Fact]
    public async Task Publish_Events_ArriveByteForByteInOrder()
    {
        await using var process = await new BusProcess().StartAsync();

        for (var number = 1; number <= 1000; number++)
            await process.PublishAsync(number % 2 == 0 ? "app-deployed" : "deployment-step-completed", $$"""{ "number" : {{number}} , "app":"ü" }""", id: $"step {number}");

        await BusProcess.UntilAsync(() => process.Happened.Count == 1000);
        process.Happened.Select(happened => happened.MessageId).ShouldBe(Enumerable.Range(1, 1000).Select(number => $"step {number}"));
        process.Happened.Last().Body.ShouldBe("""{ "number" : 1000 , "app":"ü" }""");
        process.Happened.Last().Type.ShouldBe("app-deployed");
    }

    [Theory]
    [InlineData("roll-back-app", "local")]
    [InlineData("deploy-app", "web-2")]
    public async Task Publish_CommandNobodyListensFor_Throws(string type, string host)
    {
        await using var process = await new BusProcess().StartAsync();

        var fault = await Should.ThrowAsync<Exception>(process.PublishAsync(type, "{}", host: host));

        fault.Message.ShouldBe($"Nobody listens for {type} on host {host}. Start the service that carries it out there, or name another host.");
        process.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task Handler_FailsOnce_TriesAgain()
    {
        await using var process = await new BusProcess().StartAsync();
        process.OnCommand = _ => process.Commands.Count < 2 ? throw new InvalidOperationException("not now") : Task.CompletedTask;

        await process.PublishAsync("deploy-app", "{}", host: "local");

        await BusProcess.UntilAsync(() => process.Commands.Count == 2);
        process.Happened.ShouldBeEmpty();
    }

    [Fact]
    public async Task Handler_FailsForGood_IsTriedFourTimesAndTold()
    {
        await using var process = await new BusProcess().StartAsync();
        process.OnCommand = _ => throw new InvalidOperationException("token=hunter2");

        await process.PublishAsync("deploy-app", "{}", host: "local");

        await BusProcess.UntilAsync(() => process.Happened.Count == 1);
        process.Commands.Count.ShouldBe(4);
        var parked = JsonSerializer.Deserialize<MessageParked>(process.Happened.Single().Body, WireJson.Options)!;
        parked.Queue.ShouldBe("deploy-app.local_error");
        parked.Problem.ShouldBe("Its handler failed with InvalidOperationException; the log of the service says more.");
        parked.Depth.ShouldBeNull();
        parked.Host.ShouldBe("local");
    }

    [Fact]
    public async Task Handler_OfTheTellingItselfFails_IsNotToldOf()
    {
        await using var process = await new BusProcess().StartAsync();
        process.OnEvent = happened => happened.Type == "message-parked" ? throw new InvalidOperationException("not that either") : Task.CompletedTask;

        await process.PublishAsync("message-parked", "{}");
        await BusProcess.UntilAsync(() => process.Happened.Count == 4);
        await process.PublishAsync("app-deployed", "{}");

        await BusProcess.UntilAsync(() => process.Happened.Count == 5);
        process.Happened.Last().Type.ShouldBe("app-deployed");
    }

    [Fact]
    public async Task Message_NotJson_IsParkedWithoutATry()
    {
        await using var process = await new BusProcess().StartAsync();

        await process.PublishAsync("deploy-app", "password hunter2", host: "local");

        await BusProcess.UntilAsync(() => process.Happened.Count == 1);
        process.Commands.ShouldBeEmpty();
        process.Happened.Single().Body.ShouldContain("It is no JSON: line 1, byte 1.");
        process.Happened.Single().Body.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Health_CanaryComesBack_AliveAndReady()
    {
        await using var process = await new BusProcess().StartAsync();

        (await process.HealthAsync("ready")).Entries.ShouldHaveSingleItem().Value.Description.ShouldBe("the in-memory bus is connected");
        var live = (await process.HealthAsync("live")).Entries.ShouldHaveSingleItem().Value;
        live.Status.ShouldBe(HealthStatus.Healthy);
        live.Description.ShouldBe("the canary came back 0 s ago");
    }

    [Fact]
    public async Task Build_UsageTelemetry_IsOff()
    {
        await using var process = new BusProcess();

        process.Services.GetRequiredService<IOptions<UsageTelemetryOptions>>().Value.Enabled.ShouldBeFalse();
    }

    [Fact]
    public void Build_RabbitMqWithoutItsPassword_IsAFault()
    {
        using var home = new TestHome();
        var builder = home.CreateBuilder();
        builder.AddBus();

        Should.Throw<ConfigurationFaultsException>(builder.Build).Faults.ShouldHaveSingleItem().Key.ShouldBe("secret bus-password");
    }

    [Fact]
    public async Task Stop_HandlerRuns_LetsItFinish()
    {
        var process = await new BusProcess().StartAsync();
        var (began, finished) = (new TaskCompletionSource(), false);
        process.OnCommand = async _ =>
        {
            began.SetResult();
            await Task.Delay(300);
            finished = true;
        };
        await process.PublishAsync("deploy-app", "{}", host: "local");
        await began.Task;

        await process.DisposeAsync();

        finished.ShouldBeTrue();
    }
}
