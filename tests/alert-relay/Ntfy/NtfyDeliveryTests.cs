using System.Net;
using System.Net.Http.Json;

using Mambo.AlertRelay.Notifications;
using Mambo.AlertRelay.Ntfy;
using Mambo.Contracts.Alerts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Configuration;
using Mambo.TestEnvironment;

namespace Mambo.AlertRelay.Tests.Ntfy;

/// <summary>Against the real ntfy server.</summary>
[Trait("Needs", "Docker")]
public sealed class NtfyDeliveryTests
{
    [Fact]
    public async Task Deliver_Deployed_ThePhoneHasItAllAndThePlatformKnows()
    {
        await using var server = await ServerAsync(new NtfyServer());
        await using var relay = await RelayAsync(server);

        await relay.HearAsync(new AppDeployed { App = "shop", Release = 3, Seconds = 4, RequestedBy = "owner", Urls = [new Uri("https://shop.example.org")] });

        var message = (await server.WaitForAsync("phone", count: 1)).ShouldHaveSingleItem();
        var told = (await relay.ToldAsync<AlertDelivered>(1)).ShouldHaveSingleItem();
        message.Title.ShouldBe("shop 3 deployed");
        message.Message.ShouldBe("In 4.0 s, asked for by owner\nhttps://shop.example.org/");
        message.Priority.ShouldBe(2);
        message.Tags.ShouldBe(["white_check_mark", "shop"]);
        message.Click.ShouldBe(new Uri("https://shop.example.org"));
        message.SequenceId.ShouldBe(told.NotificationId.ToString());
        message.Id.ShouldBe(told.MessageId);
    }

    [Fact]
    public async Task Deliver_Twenty_InOrderOnceEach()
    {
        await using var server = await ServerAsync(new NtfyServer());
        await using var relay = await RelayAsync(server);

        for (var app = 1; app <= 20; app++)
            await relay.HearAsync(new AppDeployed { App = $"app-{app}", Release = app });

        (await server.WaitForAsync("phone", count: 20)).Select(message => message.Title)
            .ShouldBe(Enumerable.Range(1, 20).Select(app => $"app-{app} {app} deployed"));
        (await relay.ToldAsync<AlertDelivered>(20)).Count.ShouldBe(20);
    }

    [Fact]
    public async Task Deliver_MoreThanTheServerTakes_IsCutAndTaken()
    {
        await using var server = await ServerAsync(new NtfyServer());
        await using var relay = await RelayAsync(server);

        await relay.HearAsync(new MessageParked { Queue = string.Concat(Enumerable.Repeat("😀", 750)), Problem = new string('"', 100_000) });
        await relay.HearAsync(new DeploymentFailed
        {
            App = "shop",
            Step = "start",
            Reason = DeploymentFailureReason.StartFailed,
            Message = string.Concat(Enumerable.Repeat("ü\n", 50_000)),
            Output = [.. Enumerable.Repeat(new string('\\', 5_000), 50)],
            ExitCode = 1,
        });

        var messages = await server.WaitForAsync("phone", count: 2);
        messages.Count.ShouldBe(2);
        messages[0].Title.ShouldEndWith("😀…");
        messages[0].Message.ShouldEndWith("\"…");
        messages[1].Message.ShouldEndWith("\\…");
        messages.ShouldAllBe(message => PlainText.Bytes(message.Message) <= 4095);
        relay.Told<AlertDeliveryFailed>().ShouldBeEmpty();
    }

    /// <summary>Its limits are where we think they are: what we send at most it takes, and one byte more of the message it does not.</summary>
    [Fact]
    public async Task Publish_ExactlyTheLimits_IsTaken()
    {
        await using var server = await ServerAsync(new NtfyServer());
        using var ntfy = new NtfyClient(Options(server), new Secrets(new MamboPaths("/nowhere"), new Dictionary<string, string>()), TimeProvider.System);
        using var http = new HttpClient();
        var full = new Notification
        {
            GroupKey = "g",
            Title = new string('t', Notification.LongestTitle),
            Body = new string('b', Notification.LongestBody),
            Priority = Priority.Urgent,
            Tags = [.. Enumerable.Repeat(new string('g', 31), 15)],
        };
        var quotes = full with { Title = new string('"', 2000), Body = new string('"', 9000) };
        NtfyBody.Of("phone", Guid.NewGuid(), quotes).Length.ShouldBeInRange(NtfyBody.Largest - 1, NtfyBody.Largest);

        (await ntfy.PublishAsync(Guid.NewGuid(), full, default)).ShouldBeOfType<Taken>();
        (await ntfy.PublishAsync(Guid.NewGuid(), quotes, default)).ShouldBeOfType<Taken>();
        using var refused = await http.PostAsJsonAsync(server.Address, new { topic = "phone", message = full.Body + "b" });
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        var messages = await server.WaitForAsync("phone", count: 2);
        messages[0].Message.ShouldBe(full.Body);
        messages[0].Title.ShouldBe(full.Title);
        messages[0].Priority.ShouldBe(5);
    }

    [Fact]
    public async Task Deliver_LoginWanted_TokenOpensTheTopic()
    {
        await using var server = await ServerAsync(new NtfyServer { Access = ["phone:rw"] });
        await using var relay = await RelayAsync(server, server.Token);

        await relay.HearAsync(new AppDeployed { App = "shop", Release = 1 });

        (await server.WaitForAsync("phone", count: 1)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(null, "phone", "403 forbidden (40301). The topic is not open to everybody: put an access token")]
    [InlineData("tk_wrongwrongwrongwrongwrongwrong", "phone", "401 unauthorized (40101). The server does not know the token: put a valid access token")]
    [InlineData("valid", "elsewhere", "403 forbidden (40301). The token's user needs write access to the topic")]
    public async Task Deliver_LoginRefused_TellsTheServersReasonAndTheRemedyAndNoToken(string? token, string topic, string expected)
    {
        await using var server = await ServerAsync(new NtfyServer { Access = ["phone:rw"] });
        token = token == "valid" ? server.Token : token;
        await using var relay = await RelayAsync(server, token, topic);

        await relay.HearAsync(new AppDeployed { App = "shop", Release = 1 });

        var failed = (await relay.ToldAsync<AlertDeliveryFailed>(1)).ShouldHaveSingleItem();
        failed.Message.ShouldStartWith($"The ntfy server refused it: {expected}");
        failed.Title.ShouldBe("shop 1 deployed");
        if (token is not null)
            (failed.Message + string.Join('\n', relay.Log)).ShouldNotContain(token);
    }

    [Fact]
    public async Task Deliver_TopicMayOnlyBeWritten_IsDelivered()
    {
        await using var server = await ServerAsync(new NtfyServer { Access = ["phone:wo"] });
        await using var relay = await RelayAsync(server, server.Token);

        await relay.HearAsync(new AppDeployed { App = "shop", Release = 1 });

        (await server.WaitForAsync("phone", count: 1)).Count.ShouldBe(1);
        (await relay.ToldAsync<AlertDelivered>(1)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Deliver_ServerDownForAWhile_EverythingArrivesInOrderOnceEach()
    {
        await using var server = await ServerAsync(new NtfyServer());
        await using var relay = await RelayAsync(server);
        await relay.HearAsync(new AppDeployed { App = "shop", Release = 1 });
        await server.WaitForAsync("phone", count: 1);

        await server.StopAsync();
        await relay.HearAsync(new AppDeployed { App = "shop", Release = 2 });
        await relay.HearAsync(new DeploymentFailed { App = "shop", Step = "start", Reason = DeploymentFailureReason.Unhealthy, Message = "no" });
        await relay.UntilAsync(() => relay.Waiting()[0].Attempts >= 2);
        await server.StartAsync();

        (await server.WaitForAsync("phone", count: 3)).Select(message => message.Title).ShouldBe(["shop 1 deployed", "shop 2 deployed", "shop: deploy failed at start"]);
        (await relay.ToldAsync<AlertDelivered>(3)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Deliver_MoreThanTheServerGrantsAVisitor_ArrivesAllTheSame()
    {
        await using var server = await ServerAsync(new NtfyServer { RequestBurst = 10 });
        await using var relay = await RelayAsync(server);

        for (var app = 1; app <= 12; app++)
            await relay.HearAsync(new AppDeployed { App = $"app-{app}", Release = 1 });

        (await relay.ToldAsync<AlertDelivered>(12)).Select(told => told.Title).ShouldBe(Enumerable.Range(1, 12).Select(app => $"app-{app} 1 deployed"));
        relay.Log.ShouldContain(line => line.Contains("429 limit reached", StringComparison.Ordinal));
    }

    private static AlertOptions Options(NtfyServer server, string topic = "phone") => new() { Server = server.Address, Topic = topic };

    private static async Task<NtfyServer> ServerAsync(NtfyServer server)
    {
        await server.StartAsync();
        return server;
    }

    private static async Task<Relay> RelayAsync(NtfyServer server, string? token = null, string topic = "phone")
    {
        var relay = new Relay(Options(server, topic), TimeProvider.System, token);
        await relay.StartAsync();
        return relay;
    }
}
