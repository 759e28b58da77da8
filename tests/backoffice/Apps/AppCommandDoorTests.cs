using System.Net;
using System.Text;
using System.Text.Json;

using Mambo.Contracts.Deployments;

using Microsoft.Extensions.Time.Testing;

namespace Mambo.Backoffice.Tests.Apps;

public sealed class AppCommandDoorTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
    private Office _office = null!;

    public async Task InitializeAsync() => _office = await Office.StartAsync(_time);

    public async Task DisposeAsync() => await _office.DisposeAsync();

    [Theory]
    [InlineData("start", null, """{"deploymentId":"ID","app":"shop","host":"local","requestedBy":"owner","requestedAt":"2026-11-24T08:00:00+00:00"}""")]
    [InlineData("stop", "{}", """{"deploymentId":"ID","app":"shop","host":"local","requestedBy":"owner","requestedAt":"2026-11-24T08:00:00+00:00"}""")]
    [InlineData("restart", """{"host":"web-2"}""", """{"deploymentId":"ID","app":"shop","host":"web-2","requestedBy":"owner","requestedAt":"2026-11-24T08:00:00+00:00"}""")]
    [InlineData("remove", """{"volumes":true}""", """{"volumes":true,"deploymentId":"ID","app":"shop","host":"local","requestedBy":"owner","requestedAt":"2026-11-24T08:00:00+00:00"}""")]
    [InlineData("lock", """{"reason":"moving","for":"2h"}""", """{"reason":"moving","endsAt":"2026-11-24T10:00:00+00:00","deploymentId":"ID","app":"shop","host":"local","requestedBy":"owner","requestedAt":"2026-11-24T08:00:00+00:00"}""")]
    [InlineData("lock", """{"reason":"moving"}""", """{"reason":"moving","deploymentId":"ID","app":"shop","host":"local","requestedBy":"owner","requestedAt":"2026-11-24T08:00:00+00:00"}""")]
    [InlineData("unlock", null, """{"deploymentId":"ID","app":"shop","host":"local","requestedBy":"owner","requestedAt":"2026-11-24T08:00:00+00:00"}""")]
    public async Task Post_GoodWish_202WithTheRowAndTheCommandInOneGo(string verb, string? body, string command)
    {
        using var answer = await PostAsync(verb, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var id = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("deploymentId").GetGuid();
        answer.Headers.Location!.OriginalString.ShouldBe($"/api/deployments/{id}");
        var sent = _office.Outbox().Single(row => row.Type == $"{verb}-app");
        sent.MessageId.ShouldBe(id.ToString());
        JsonElement.DeepEquals(JsonElement.Parse(sent.Body), JsonElement.Parse(command.Replace("ID", id.ToString(), StringComparison.Ordinal))).ShouldBeTrue(sent.Body);
        var row = await _office.GetAsync($"/api/deployments/{id}");
        (row.GetProperty("kind").GetString(), row.GetProperty("state").GetString()).ShouldBe((verb, "requested"));
    }

    [Theory]
    [InlineData("start", "shop", """{"volumes":true}""", "volumes")]
    [InlineData("stop", "Shop", null, "app")]
    [InlineData("remove", "shop", """{"volumes":"yes"}""", "volumes")]
    [InlineData("remove", "shop", """{"host":"Web"}""", "host")]
    [InlineData("lock", "shop", null, "body")]
    [InlineData("lock", "shop", "{}", "reason")]
    [InlineData("lock", "shop", """{"reason":"why","for":"31d"}""", "for")]
    [InlineData("lock", "shop", """{"reason":"why","for":"soon"}""", "for")]
    public async Task Post_FaultyWish_400NamesTheField(string verb, string app, string? body, string field)
    {
        using var answer = await PostAsync(verb, body, app);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).ShouldBe([field]);
        _office.Outbox().ShouldBeEmpty();
    }

    [Fact]
    public async Task Deployment_OfAStop_EndsDoneWithItsKind()
    {
        using var answer = await PostAsync("stop", null);
        var id = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("deploymentId").GetGuid();
        await _office.TellAsync(new DeploymentAccepted { DeploymentId = id, App = "shop", Kind = DeploymentKind.Stop, Host = "local", OccurredAt = _time.GetUtcNow(), Steps = ["recall", "switch"] });
        await _office.TellAsync(new AppStopped { DeploymentId = id, App = "shop", Host = "local", OccurredAt = _time.GetUtcNow().AddSeconds(2), Release = 3, RequestedBy = "owner", Seconds = 2 });

        var row = await _office.GetAsync($"/api/deployments/{id}");
        (row.GetProperty("kind").GetString(), row.GetProperty("state").GetString(), row.GetProperty("release").GetInt32(), row.GetProperty("seconds").GetDouble()).ShouldBe(("stop", "done", 3, 2));
    }

    private async Task<HttpResponseMessage> PostAsync(string verb, string? body, string app = "shop")
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await _office.Api.PostAsync(new Uri($"/api/apps/{app}/{verb}", UriKind.Relative), content);
    }
}
