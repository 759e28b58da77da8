using System.Diagnostics;
using System.Text.Json;

using Mambo.TestEnvironment;

namespace Mambo.Scenarios.Tests;

/// <summary>The distributed set-up: commands from a client that knows nothing of .NET, a broker that dies, signals that arrive where an operator looks for them.</summary>
[Trait("Needs", "Docker")]
public sealed class DistributedScenario : IAsyncLifetime
{
    private DistributedPlatform _platform = null!;

    public async Task InitializeAsync() => _platform = await DistributedPlatform.StartAsync();

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task Deploy_PlainJsonByAmqpPublish_ServesAndIsSeenInEveryTelescope()
    {
        // Given a stored bundle
        var bundle = Bundle.WebApp("shop", "from the broker");
        await _platform.Api.StoreAsync(bundle);

        // When a client without a single header asks for it
        await _platform.Broker.PublishRawAsync("mambo.deploy-app", "local", $$"""{"app":"shop","bundle":"{{bundle.Digest}}","commit":"abc1234"}""");

        // Then it serves, the API shows it and the phone rings
        var deployed = await _platform.EventAsync("app-deployed");
        deployed.GetProperty("app").GetString().ShouldBe("shop");
        deployed.GetProperty("release").GetInt32().ShouldBe(1);
        (await _platform.PageAsync("shop")).ShouldBe("from the broker");
        var id = deployed.GetProperty("deploymentId").GetGuid();
        (await _platform.Api.EndedAsync(id)).GetProperty("state").GetString().ShouldBe("deployed");
        (await _platform.Ntfy.WaitForAsync("phone", count: 1)).ShouldHaveSingleItem().Title.ShouldContain("shop 1");

        // And VictoriaMetrics has the metrics under their Prometheus names
        await ShouldBecomeAsync("""sum(mambo_operations_total{kind="deploy-app",outcome="completed",service_name="deployer"})""", 1);
        await ShouldBecomeAsync("""sum(mambo_operation_duration_seconds_count{kind="deploy-app"})""", 1);
        await ShouldBecomeAsync("""count(mambo_outbox_pending{journal=~"deployer|backoffice|alert-relay"})""", 3);

        // And the logs carry service, app and deployment
        await DistributedPlatform.UntilAsync(
            () => Task.FromResult(_platform.Otlp.Logs.Any(line =>
                line.Service == "deployer" && line.Attributes.GetValueOrDefault("app") == "shop" && line.Attributes.GetValueOrDefault("deployment_id") == id.ToString())),
            TimeSpan.FromSeconds(20),
            () => string.Join('\n', _platform.Otlp.Logs.Select(line => $"{line.Service}: {line.Body}")));

        // And one trace leads from the broker through the deployer's steps to the timeline and the phone
        await DistributedPlatform.UntilAsync(() => Task.FromResult(ServicesOfTheTrace().IsSupersetOf(["deployer", "backoffice", "alert-relay"])), TimeSpan.FromSeconds(20), () => string.Join(' ', ServicesOfTheTrace()));
        NamesOfTheTrace().ShouldContain("switch");
    }

    [Fact]
    public async Task BrokerKilledFor30SecondsMidDeploy_DeployFinishesAndEventsFollow()
    {
        await _platform.Api.EndedAsync(await _platform.Api.DeployAsync("shop", Bundle.WebApp("shop", "before")));
        var deployment = await _platform.Api.DeployAsync("shop", Bundle.WebApp("shop", "during"));
        await DistributedPlatform.UntilAsync(async () => await StateAsync(deployment) is not "requested", TimeSpan.FromSeconds(20), () => "the deployment was not accepted");

        // When the broker dies under the deploy
        await _platform.Broker.KillAsync();
        var killed = Stopwatch.GetTimestamp();

        // Then the deploy goes on without it, and the door stays open
        await DistributedPlatform.UntilAsync(async () => await _platform.PageAsync("shop") == "during", TimeSpan.FromSeconds(25), () => $"the new release does not serve:\n{_platform.Deployer.Tail(30)}");
        (await StateAsync(deployment)).ShouldNotBe("deployed");
        var waiting = await _platform.Api.DeployAsync("notes", Bundle.WebApp("notes", "asked for without a broker"));

        // And when it is back after 30 seconds, what happened is told, and what was asked for is done
        await Task.Delay(TimeSpan.FromSeconds(30) - Stopwatch.GetElapsedTime(killed));
        await _platform.Broker.StartAgainAsync();
        (await _platform.Api.EndedAsync(deployment)).GetProperty("state").GetString().ShouldBe("deployed");
        (await _platform.Api.EndedAsync(waiting)).GetProperty("state").GetString().ShouldBe("deployed");
        var told = (await _platform.Api.EventsAsync()).Where(item => item.GetProperty("type").GetString() == "app-deployed").ToList();
        told.Count.ShouldBe(3);
        (await JsonAsync("/api/events/verify")).GetProperty("ok").GetBoolean().ShouldBeTrue();
        (await _platform.Ntfy.WaitForAsync("phone", count: 3)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task BadMessages_AreAnsweredWithWhatIsWrongOrParkedAndToldToThePhone()
    {
        // Every fault of a readable command is named at once
        await _platform.Broker.PublishRawAsync("mambo.deploy-app", "local", """{"app":"Shop!","bundle":7,"images":{"web":"a b"},"hots":"local"}""");
        var rejected = await _platform.EventAsync("deployment-failed");
        rejected.GetProperty("reason").GetString().ShouldBe("rejected");
        var faults = rejected.GetProperty("errors").EnumerateArray().ToDictionary(fault => fault.GetProperty("field").GetString()!, fault => fault.GetProperty("problem").GetString()!);
        faults.Keys.Order().ShouldBe(["app", "bundle", "hots", "images.web"]);
        faults["app"].ShouldContain("is no app name");
        faults["hots"].ShouldBe("There is no such field. Did you mean host?");

        // A message with nothing in it says what is missing
        await _platform.Broker.PublishRawAsync("mambo.deploy-app", "local", "{}");
        var empty = await _platform.EventAsync("deployment-failed", body => body.GetProperty("app").GetString() == "");
        empty.GetProperty("errors").EnumerateArray().Select(fault => fault.GetProperty("field").GetString()).ShouldContain("app");

        // Images for an app that never ran
        await _platform.Broker.PublishRawAsync("mambo.deploy-app", "local", """{"app":"ghost","images":{"web":"nginx:1"}}""");
        var unknown = await _platform.EventAsync("deployment-failed", body => body.GetProperty("app").GetString() == "ghost");
        unknown.GetProperty("reason").GetString().ShouldBe("rejected");
        unknown.GetProperty("errors").EnumerateArray().Single().GetProperty("problem").GetString()!.ShouldContain("ghost");

        // What is no JSON at all goes to the error queue, and a person hears of it
        await _platform.Broker.PublishRawAsync("mambo.deploy-app", "local", "deploy shop please");
        var parked = await _platform.EventAsync("message-parked");
        parked.GetProperty("queue").GetString().ShouldBe("deploy-app.local_error");
        parked.GetProperty("depth").GetInt64().ShouldBe(1);
        parked.ToString().ShouldNotContain("please");
        // The broker's own count of a quorum queue is a few seconds old.
        await DistributedPlatform.UntilAsync(async () => await _platform.Broker.DepthAsync("deploy-app.local_error") == 1, TimeSpan.FromSeconds(20), () => "the error queue is empty");
        (await _platform.Ntfy.WaitForAsync("phone", count: 4)).ShouldContain(message => message.Title!.Contains("deploy-app.local_error", StringComparison.Ordinal) || message.Message.Contains("deploy-app.local_error", StringComparison.Ordinal));

        // And the door answers a wrong token with nothing but that
        using var stranger = new HttpClient { BaseAddress = _platform.Api.BaseAddress };
        stranger.DefaultRequestHeaders.Authorization = new("Bearer", "guess");
        (await stranger.GetAsync("/api/apps")).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
    }

    private async Task<string> StateAsync(Guid deployment) => (await JsonAsync($"/api/deployments/{deployment}")).GetProperty("state").GetString()!;

    private async Task<JsonElement> JsonAsync(string path) => JsonSerializer.Deserialize<JsonElement>(await _platform.Api.GetStringAsync(path));

    private Task ShouldBecomeAsync(string query, double value)
    {
        double? last = null;
        return DistributedPlatform.UntilAsync(async () => (last = await _platform.Metrics.ValueAsync(query)) == value, TimeSpan.FromSeconds(30), () => $"{query} is {last}, not {value}");
    }

    private IEnumerable<OtlpSpan> Trace()
    {
        var root = _platform.Otlp.Spans.FirstOrDefault(span => span.Service == "deployer" && span.Name == "deploy-app shop");
        return root is null ? [] : _platform.Otlp.Spans.Where(span => span.TraceId == root.TraceId);
    }

    private HashSet<string> ServicesOfTheTrace() => [.. Trace().Select(span => span.Service)];

    private HashSet<string> NamesOfTheTrace() => [.. Trace().Select(span => span.Name)];
}
