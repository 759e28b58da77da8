using System.Net;

using Dapper;

using Mambo.AlertRelay.Delivery;
using Mambo.AlertRelay.Notifications;
using Mambo.Contracts.Alerts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Operations;
using Mambo.TestEnvironment;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Mambo.AlertRelay.Tests;

/// <summary>The real process, killed with SIGKILL after the real server has taken a message and before the process could note it.</summary>
[Trait("Needs", "Docker")]
public sealed class KillTests : IAsyncLifetime
{
    private readonly PlatformHome _home = new();
    private readonly NtfyServer _ntfy = new() { Access = ["phone:rw", "dropbox:wo"] };
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication _between = null!;

    public async Task InitializeAsync()
    {
        await _ntfy.StartAsync();
        _home.WriteSecret("ntfy-token", _ntfy.Token);
        _between = await StartBetweenAsync();
    }

    public async Task DisposeAsync()
    {
        await _between.DisposeAsync();
        await _ntfy.DisposeAsync();
        _home.Dispose();
    }

    [Theory]
    [InlineData("phone", 1)]
    [InlineData("dropbox", 2)]
    public async Task Kill_BetweenPublishAndCommit_OnTheTopicOnceOrUnderOneIdWhereItMayNotBeRead(string topic, int times)
    {
        // Given a notification that waits, and a server whose answer does not arrive
        await WithJournalAsync(journal => journal.WriteAsync(transaction =>
        {
            var happened = new AppDeployed { App = "shop", Release = 1 };
            DeliveryQueue.Add(transaction, happened, NotificationText.Of(happened), traceParent: null);
        }));
        Configure(_between.Urls.Single(), topic);
        await using var relay = new ServiceProcess("Mambo.AlertRelay", _home);
        await relay.StartAsync();
        await _taken.Task.WaitAsync(TimeSpan.FromSeconds(30));
        (await _ntfy.WaitForAsync(topic, count: 1)).Count.ShouldBe(1);

        // When the process dies and another takes over, with nothing between it and the server
        await relay.KillAsync();
        Configure(_ntfy.Address.ToString(), topic);
        await relay.StartAsync();

        // Then it is told, and the phone shows one message
        AlertDelivered? told = null;
        await WithJournalAsync(async journal =>
        {
            for (var i = 0; told is null && i < 600; i++)
            {
                told = journal.Read(connection => connection.Query<string>("SELECT body FROM outbox WHERE type = 'alert-delivered'"))
                    .Select(body => System.Text.Json.JsonSerializer.Deserialize<AlertDelivered>(body, Mambo.Contracts.WireJson.Options)).SingleOrDefault();
                await Task.Delay(50);
            }
        });
        told.ShouldNotBeNull(string.Join('\n', relay.Output)).Attempts.ShouldBe(2);
        var messages = await _ntfy.WaitForAsync(topic, times);
        messages.Count.ShouldBe(times);
        messages.Select(message => message.SequenceId).Distinct().ShouldBe([told!.NotificationId.ToString()]);
        messages[^1].Id.ShouldBe(told.MessageId);
        relay.Output.ShouldNotContain(line => line.Contains(_ntfy.Token, StringComparison.Ordinal));
    }

    private void Configure(string server, string topic) => _home.Configure(
        $"""
        bus:
          transport: inMemory
        alerts:
          server: {server}
          topic: {topic}
        """);

    private async Task WithJournalAsync(Func<Journal, Task> work)
    {
        await using var journal = new Journal(
            "alert-relay", Path.Combine(_home.Path, "data", "alert-relay.db"), "local", TimeProvider.System, typeof(AlertRelayRegistrations).Assembly);
        await work(journal);
    }

    /// <summary>Hands requests on to the real server and never brings an answer back.</summary>
    private async Task<WebApplication> StartBetweenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(async context =>
        {
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, _ntfy.Address) { Content = new StreamContent(context.Request.Body) };
            request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
            using var answer = await http.SendAsync(request);
            if (answer.StatusCode == HttpStatusCode.OK)
                _taken.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await app.StartAsync();
        return app;
    }
}
