using System.Net;
using System.Text;
using System.Text.Json;

using Mambo.Contracts;
using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Tests.Deployments;

public sealed class PreviewDoorTests : IAsyncLifetime
{
    private Office _office = null!;

    public async Task InitializeAsync() => _office = await Office.StartAsync();

    public async Task DisposeAsync() => await _office.DisposeAsync();

    [Fact]
    public async Task Post_Preview_IsAnAppOfItsOwnAndTheCommandNamesBoth()
    {
        using var answer = await PostAsync("""{"app":"shop","images":{"web":"shop:2"},"preview":"pr-12","ttl":"12h"}""");

        var accepted = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        accepted.GetProperty("app").GetString().ShouldBe("shop-pr-12");
        (await _office.GetAsync($"/api/deployments/{accepted.GetProperty("deploymentId")}")).GetProperty("previewOf").GetString().ShouldBe("shop");
        var command = JsonSerializer.Deserialize<DeployApp>(_office.Outbox().Where(message => message.Type == "deploy-app").ShouldHaveSingleItem().Body, WireJson.Options)!;
        (command.App, command.Preview, command.Ttl).ShouldBe(("shop", "pr-12", "12h"));
    }

    [Theory]
    [InlineData("""{"app":"shop","images":{"web":"shop:2"},"preview":"PR 12"}""", "preview")]
    [InlineData("""{"app":"shop","images":{"web":"shop:2"},"preview":"a234567890123456789012345678901234567890"}""", "preview")]
    [InlineData("""{"app":"shop","images":{"web":"shop:2"},"preview":"pr-12","ttl":"31d"}""", "ttl")]
    [InlineData("""{"app":"shop","images":{"web":"shop:2"},"ttl":"3d"}""", "ttl")]
    public async Task Post_PreviewThatCannotBe_400WithTheField(string body, string field)
    {
        using var answer = await PostAsync(body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain($"\"field\":\"{field}\"");
    }

    [Fact]
    public async Task Apps_Preview_ShowsItsEndUntilItIsRemoved()
    {
        var at = new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);
        await _office.TellAsync(new AppDeployed { DeploymentId = Guid.NewGuid(), App = "shop-pr-12", Host = "local", OccurredAt = at, Release = 1, PreviewOf = "shop", ExpiresAt = at.AddDays(3) });
        await _office.TellAsync(new DeploymentRolledBack { DeploymentId = Guid.NewGuid(), App = "shop-pr-12", Host = "local", OccurredAt = at.AddMinutes(1), FromRelease = 2, ToRelease = 1 });

        var app = (await _office.GetAsync("/api/apps"))[0];
        (app.GetProperty("previewOf").GetString(), app.GetProperty("expiresAt").GetDateTimeOffset()).ShouldBe(("shop", at.AddDays(3)));
    }

    private Task<HttpResponseMessage> PostAsync(string body) => _office.Api.PostAsync("/api/deployments", new StringContent(body, Encoding.UTF8, "application/json"));
}
