using System.Net;
using System.Text.Json;

using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Tests.Timeline;

public sealed class EventsBeforeTests : IAsyncLifetime
{
    private Office _office = null!;

    public async Task InitializeAsync()
    {
        _office = await Office.StartAsync();
        for (var seq = 1; seq <= 10; seq++)
            await _office.TellAsync(new DeploymentCancelled { DeploymentId = Guid.NewGuid(), App = seq % 2 == 0 ? "even" : "odd" });
    }

    public async Task DisposeAsync() => await _office.DisposeAsync();

    [Theory]
    [InlineData("tail=3&before=8", "5,6,7")]
    [InlineData("tail=3&before=2", "1")]
    [InlineData("tail=3&before=1", "")]
    [InlineData("tail=2&before=8&app=even", "4,6")]
    [InlineData("after=2&before=6", "3,4,5")]
    [InlineData("before=4&limit=2", "1,2")]
    [InlineData("tail=2&before=99", "9,10")]
    public async Task Page_Before_EndsThere(string query, string expected)
    {
        var page = await _office.GetAsync($"/api/events?{query}");

        string.Join(',', page.GetProperty("events").EnumerateArray().Select(happened => happened.GetProperty("seq").GetInt64())).ShouldBe(expected);
    }

    [Theory]
    [InlineData("application/json", "before=0", "\"0\" is no whole number from 1.")]
    [InlineData("text/event-stream", "before=5", "A stream has no end. Ask for a page, with Accept: application/json.")]
    public async Task Before_OfNoUse_400(string accept, string query, string problem)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/events?{query}") { Headers = { Accept = { new(accept) } } };

        using var answer = await _office.Api.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("errors").EnumerateArray().Single();
        error.GetProperty("field").GetString().ShouldBe("before");
        error.GetProperty("problem").GetString().ShouldBe(problem);
    }
}
