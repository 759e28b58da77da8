using System.Net;
using System.Text;
using System.Text.Json;

using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.TestEnvironment;

using Microsoft.Extensions.Time.Testing;

namespace Mambo.Backoffice.Tests.Deployments;

public sealed class DeploymentDoorTests : IAsyncLifetime
{
    private static readonly Bundle Bundle = Bundle.Of(("compose.yml", "services: {}"));

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
    private Office _office = null!;

    public async Task InitializeAsync()
    {
        _office = await Office.StartAsync(_time);
        await _office.Api.StoreAsync(Bundle);
    }

    public async Task DisposeAsync() => await _office.DisposeAsync();

    [Fact]
    public async Task Post_GoodWish_202WithTheRowAndTheCommandInOneGo()
    {
        using var answer = await PostAsync($$"""{"app":"shop","bundle":"{{Bundle.Digest}}","images":{"web":"shop:2"},"host":"web-2","commit":"abc123"}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var accepted = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        var id = accepted.GetProperty("deploymentId").GetGuid();
        accepted.ToString().ShouldBe($$"""{"deploymentId":"{{id}}","app":"shop"}""");
        answer.Headers.Location!.OriginalString.ShouldBe($"/api/deployments/{id}");
        (await _office.GetAsync($"/api/deployments/{id}")).ToString().ShouldBe(
            $$$"""{"deploymentId":"{{{id}}}","app":"shop","kind":"deploy","host":"web-2","state":"requested","requestedBy":"owner","requestedAt":"2026-11-24T08:00:00+00:00","bundle":"{{{Bundle.Digest}}}","images":{"web":"shop:2"},"commit":"abc123","steps":[]}""");

        var (messageId, _, route, body) = Sent("deploy-app").ShouldHaveSingleItem();
        (messageId, route).ShouldBe((id.ToString(), "web-2"));
        var command = JsonSerializer.Deserialize<DeployApp>(body, WireJson.Options)!;
        command.ShouldSatisfyAllConditions(
            () => command.DeploymentId.ShouldBe(id),
            () => command.App.ShouldBe("shop"),
            () => command.Bundle.ShouldBe(Bundle.Digest),
            () => command.Images!.Single().ShouldBe(new KeyValuePair<string, string>("web", "shop:2")),
            () => command.Host.ShouldBe("web-2"),
            () => command.Commit.ShouldBe("abc123"),
            () => command.RequestedBy.ShouldBe("owner"),
            () => command.RequestedAt.ShouldBe(_time.GetUtcNow()));
    }

    [Fact]
    public async Task Post_NoHost_GoesToThisOne()
    {
        await PostAsync("""{"app":"shop","images":{"web":"shop:2"}}""");

        Sent("deploy-app").ShouldHaveSingleItem().Route.ShouldBe("local");
    }

    [Fact]
    public async Task Post_SameKeyAndBody_SameAnswerAndOneDeployment()
    {
        using var first = await PostAsync("""{"app":"shop","images":{"web":"shop:2"}}""", key: "build-1");
        using var again = await PostAsync("""{"app":"shop","images":{"web":"shop:2"}}""", key: "build-1");

        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        again.Headers.Location.ShouldBe(first.Headers.Location);
        first.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        Sent("deploy-app").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Post_SameKeyManyTimesAtOnce_OneDeployment()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            using var answer = await PostAsync("""{"app":"shop","images":{"web":"shop:2"}}""", key: "build-1");
            return await answer.Content.ReadAsStringAsync();
        }));

        answers.Distinct().Count().ShouldBe(1);
        Sent("deploy-app").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Post_SameKeyAnotherBody_409()
    {
        await PostAsync("""{"app":"shop","images":{"web":"shop:2"}}""", key: "build-1");
        using var other = await PostAsync("""{"app":"shop","images":{"web":"shop:3"}}""", key: "build-1");

        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await other.Content.ReadAsStringAsync()).ShouldBe(
            """{"title":"Conflict","status":409,"detail":"This Idempotency-Key was used for another body in the last 24 hours. Use a new key for a new wish."}""");
        Sent("deploy-app").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Post_RepeatAfterTheBundleWasRemoved_StillTheFirstAnswer()
    {
        var body = $$"""{"app":"shop","bundle":"{{Bundle.Digest}}"}""";
        await PostAsync(body, key: "build-1");
        Directory.Delete(Path.Combine(_office.Home.Path, "bundles"), recursive: true);

        using var again = await PostAsync(body, key: "build-1");

        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Post_SameKeyADayLater_IsANewWish()
    {
        using var first = await PostAsync("""{"app":"shop","images":{"web":"shop:2"}}""", key: "build-1");
        _time.Advance(TimeSpan.FromHours(24));
        using var later = await PostAsync("""{"app":"shop","images":{"web":"shop:3"}}""", key: "build-1");

        later.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        later.Headers.Location.ShouldNotBe(first.Headers.Location);
    }

    [Fact]
    public async Task Post_SameKeyOfAnotherToken_IsAnotherKey()
    {
        await PostAsync("""{"app":"shop","images":{"web":"shop:2"}}""", key: "build-1");
        await _office.RestartAsync(() => _office.Home.WriteSecret("api-tokens", $"someone sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(_office.Home.ApiToken)))}"));

        using var other = await PostAsync("""{"app":"shop","images":{"web":"shop:3"}}""", key: "build-1");

        other.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Cancel_Running_202AndTheHostIsAsked()
    {
        var id = await _office.Api.PostDeploymentAsync(new { app = "shop", bundle = Bundle.Digest, host = "web-2" });

        using var answer = await CancelAsync(id, """{"reason":"wrong branch"}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await answer.Content.ReadAsStringAsync()).ShouldBe($$"""{"deploymentId":"{{id}}","app":"shop"}""");
        var (_, _, route, body) = Sent("cancel-deployment").ShouldHaveSingleItem();
        route.ShouldBe("web-2");
        var command = JsonSerializer.Deserialize<CancelDeployment>(body, WireJson.Options)!;
        (command.DeploymentId, command.Reason, command.RequestedBy, command.Host).ShouldBe((id, "wrong branch", "owner", "web-2"));
    }

    [Fact]
    public async Task Cancel_WithoutABody_202()
    {
        var id = await _office.Api.PostDeploymentAsync(new { app = "shop", bundle = Bundle.Digest });

        using var answer = await CancelAsync(id, null);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Cancel_EndedOrUnknown_409Or404()
    {
        var id = await _office.Api.PostDeploymentAsync(new { app = "shop", bundle = Bundle.Digest });
        await _office.TellAsync(new DeploymentFailed { DeploymentId = id, App = "shop", Message = "no" });

        using var ended = await CancelAsync(id, null);
        using var unknown = await CancelAsync(Guid.NewGuid(), null);

        ended.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await ended.Content.ReadAsStringAsync()).ShouldContain($"Deployment {id} has ended; there is nothing to stop.");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Sent("cancel-deployment").ShouldBeEmpty();
    }

    [Fact]
    public async Task Get_Unknown_404WithTheConstantText()
    {
        foreach (var id in (string[])[Guid.NewGuid().ToString(), "x", "../apps"])
        {
            using var answer = await _office.Api.GetAsync($"/api/deployments/{Uri.EscapeDataString(id)}");
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"title":"Not found","status":404,"detail":"There is nothing here under this name."}""");
        }
    }

    [Fact]
    public async Task List_SomeOfAnApp_NewestFirst()
    {
        var ids = new List<Guid>();
        foreach (var app in (string[])["shop", "notes", "shop", "shop"])
            ids.Add(await _office.Api.PostDeploymentAsync(new { app, bundle = Bundle.Digest }));

        (await ListAsync("")).ShouldBe([ids[3], ids[2], ids[1], ids[0]]);
        (await ListAsync("?app=shop&limit=2")).ShouldBe([ids[3], ids[2]]);
        (await ListAsync("?app=none")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_OfADeploymentAskedForHere_MoveItOn()
    {
        var id = await _office.Api.PostDeploymentAsync(new { app = "shop", bundle = Bundle.Digest, commit = "abc" });
        await _office.TellAsync(new DeploymentAccepted { DeploymentId = id, App = "shop", Host = "local", OccurredAt = _time.GetUtcNow(), Steps = ["pull"] });
        await _office.TellAsync(new DeploymentStepCompleted { DeploymentId = id, App = "shop", Host = "local", OccurredAt = _time.GetUtcNow(), Step = "pull", Number = 1, Of = 1, Seconds = 2 });

        var shown = await _office.GetAsync($"/api/deployments/{id}");

        shown.GetProperty("state").GetString().ShouldBe("running");
        shown.GetProperty("commit").GetString().ShouldBe("abc");
        shown.GetProperty("steps").ToString().ShouldBe("""[{"number":1,"name":"pull","state":"done","seconds":2}]""");
    }

    [Fact]
    public async Task Events_OfADeploymentAskedForOnTheBus_MakeTheRow()
    {
        var id = Guid.NewGuid();
        await _office.TellAsync(new DeploymentAccepted { DeploymentId = id, App = "shop", Host = "local", RequestedBy = "amqp" });

        (await _office.GetAsync($"/api/deployments/{id}")).GetProperty("requestedBy").GetString().ShouldBe("amqp");
    }

    private IReadOnlyList<(string MessageId, string Type, string? Route, string Body)> Sent(string type) => [.. _office.Outbox().Where(message => message.Type == type)];

    private async Task<List<Guid>> ListAsync(string query) =>
        (await _office.GetAsync($"/api/deployments{query}")).GetProperty("deployments").EnumerateArray().Select(item => item.GetProperty("deploymentId").GetGuid()).ToList();

    private async Task<HttpResponseMessage> PostAsync(string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/deployments") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await _office.Api.SendAsync(request);
    }

    private async Task<HttpResponseMessage> CancelAsync(Guid id, string? body)
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await _office.Api.PostAsync($"/api/deployments/{id}/cancel", content);
    }
}
