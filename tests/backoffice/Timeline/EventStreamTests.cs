using System.Net.Sockets;
using System.Text;

using Mambo.Backoffice.Timeline;
using Mambo.Contracts.Alerts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Hosts;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mambo.Backoffice.Tests.Timeline;

public sealed class EventStreamTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
    private Office _office = null!;

    public async Task InitializeAsync() => _office = await Office.StartAsync(_time);

    public async Task DisposeAsync() => await _office.DisposeAsync();

    [Fact]
    public async Task Follow_FromTheStart_WhatWasAndThenWhatComes()
    {
        await RaiseAsync(150);
        using var stream = await EventReader.OpenAsync(_office.Api, "/api/events");

        (await stream.SeqsAsync(150)).ShouldBe(Seqs(1, 150));
        await RaiseAsync(1);
        var (seq, type, data) = await stream.NextAsync();

        (seq, type).ShouldBe((151, "alert-raised"));
        data.ToString().ShouldBe((await _office.GetAsync("/api/events?tail=1")).GetProperty("events")[0].ToString());
    }

    [Theory]
    [InlineData("?after=3", null, 4)]
    [InlineData("?tail=2", null, 9)]
    [InlineData("?tail=0", null, 11)]
    [InlineData("", 7L, 8)]
    [InlineData("?tail=2", 5L, 6)]
    [InlineData("?after=2", 5L, 6)]
    public async Task Follow_FromAPlace_NoGapAndNoRepeat(string query, long? lastEventId, int first)
    {
        await RaiseAsync(10);
        // The signal of a new process has heard of no commit.
        await _office.RestartAsync();
        using var stream = await EventReader.OpenAsync(_office.Api, $"/api/events{query}", lastEventId);
        await RaiseAsync(5);

        (await stream.SeqsAsync(16 - first)).ShouldBe(Seqs(first, 15));
    }

    [Fact]
    public async Task Follow_ClientsComeAndGoWhileEventsAreTold_EachSeesEveryOneOnce()
    {
        var telling = Task.Run(() => RaiseAsync(600));
        var readers = Enumerable.Range(0, 8).Select(async reader =>
        {
            var seen = new List<long>();
            while (seen.Count < 600)
            {
                using var stream = await EventReader.OpenAsync(_office.Api, "/api/events", seen.Count == 0 ? 0 : seen[^1]);
                seen.AddRange(await stream.SeqsAsync(Math.Min(37 + reader, 600 - seen.Count)));
            }

            return seen;
        });

        foreach (var seen in await Task.WhenAll(readers))
            seen.ShouldBe(Seqs(1, 600));
        await telling;
    }

    [Fact]
    public async Task Follow_Filtered_OnlyWhatMatches()
    {
        using var stream = await EventReader.OpenAsync(_office.Api, "/api/events?app=shop&type=app-deployed");
        await _office.TellAsync(new AppDeployed { DeploymentId = Guid.NewGuid(), App = "notes" });
        await _office.TellAsync(new DeploymentAccepted { DeploymentId = Guid.NewGuid(), App = "shop" });
        await _office.TellAsync(new AppDeployed { DeploymentId = Guid.NewGuid(), App = "shop" });

        (await stream.NextAsync()).Seq.ShouldBe(3);
    }

    [Fact]
    public async Task Follow_ADeployment_EndsWithIt()
    {
        var id = Guid.NewGuid();
        await _office.TellAsync(new DeploymentAccepted { DeploymentId = id, App = "shop" });
        using var stream = await EventReader.OpenAsync(_office.Api, $"/api/events?deployment={id}");
        (await stream.NextAsync()).Type.ShouldBe("deployment-accepted");
        await _office.TellAsync(new DeploymentAccepted { DeploymentId = Guid.NewGuid(), App = "shop" });
        await _office.TellAsync(new DeploymentFailed { DeploymentId = id, App = "shop" });

        (await stream.NextAsync()).Type.ShouldBe("deployment-failed");
        (await stream.TryNextAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task Follow_ADeploymentThatHasEnded_WhatIsLeftAndThenTheEnd(int after, int left)
    {
        var id = Guid.NewGuid();
        await _office.TellAsync(new DeploymentAccepted { DeploymentId = id, App = "shop" });
        await _office.TellAsync(new DeploymentCancelled { DeploymentId = id, App = "shop" });
        using var stream = await EventReader.OpenAsync(_office.Api, $"/api/events?deployment={id}&after={after}");

        await stream.SeqsAsync(left);
        (await stream.TryNextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Follow_BodyOverSeveralLines_IsOneLineOfData()
    {
        await _office.TellAsync("alert-raised", "{\r\n  \"name\": \"a\\nb\",\n  \"summary\": \"ü <b>\"\n}");
        using var stream = await EventReader.OpenAsync(_office.Api, "/api/events");

        (await stream.NextAsync()).Data.GetProperty("body").ToString().ShouldBe("""{"name":"a\nb","summary":"ü <b>"}""");
    }

    [Fact]
    public async Task Follow_Quiet_ACommentEvery15Seconds()
    {
        using var stream = await EventReader.OpenAsync(_office.Api, "/api/events");
        var next = stream.NextAsync();
        // The stream sleeps on the clock of the test once it has found nothing to send.
        await Office.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            return stream.Comments >= 2;
        });
        await RaiseAsync(1);

        (await next).Seq.ShouldBe(1);
    }

    [Fact]
    public async Task Follow_ClientGoes_IsLetGoOfAtOnce()
    {
        var streams = _office.App.Services.GetRequiredService<EventStream>();
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => EventReader.OpenAsync(_office.Api, "/api/events")));
        await Office.UntilAsync(() => streams.Clients == 20);

        foreach (var client in clients)
            client.Dispose();

        // No event and no keepalive is needed to find out: the clock of the test stands still.
        await Office.UntilAsync(() => streams.Clients == 0);
    }

    [Fact]
    public async Task Follow_ClientDoesNotRead_OthersAreServedAndItLosesNothing()
    {
        var address = _office.App.Services.ListeningAt(Listeners.Api);
        using var slow = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await slow.ConnectAsync(address.Host, address.Port);
        await slow.SendAsync(Encoding.ASCII.GetBytes($"GET /api/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer {_office.Home.ApiToken}\r\n\r\n"));
        var text = new string('x', 20_000);
        for (var i = 0; i < 400; i++)
            await _office.TellAsync(new AlertRaised { Name = "a", Summary = text });

        using var quick = await EventReader.OpenAsync(_office.Api, "/api/events");
        (await quick.SeqsAsync(400)).ShouldBe(Seqs(1, 400));

        // 8 MB lie ahead of the slow client; now it reads.
        using var reader = new StreamReader(new NetworkStream(slow));
        var ids = new List<long>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (ids.Count < 400 && await reader.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                ids.Add(long.Parse(line[4..]));
        }

        ids.ShouldBe(Seqs(1, 400));
    }

    [Fact]
    public async Task Stop_WithClients_DoesNotWaitForThem()
    {
        using var stream = await EventReader.OpenAsync(_office.Api, "/api/events");
        var clock = System.Diagnostics.Stopwatch.StartNew();

        await _office.App.StopAsync();

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        (await stream.TryNextAsync()).ShouldBeNull();
    }

    private static IEnumerable<long> Seqs(int first, int last) => Enumerable.Range(first, last - first + 1).Select(seq => (long)seq);

    private async Task RaiseAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await _office.TellAsync(new AlertRaised { Name = "a" });
    }
}
