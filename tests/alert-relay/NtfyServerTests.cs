using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

using Mambo.TestEnvironment;

namespace Mambo.AlertRelay.Tests;

/// <summary>The tests' own server must not lie: it keeps topics, guards them, and shows what should not be there.</summary>
[Trait("Needs", "Docker")]
public sealed class NtfyServerTests
{
    [Fact]
    public async Task WaitForAsync_ServerRestarted_TopicAndAddressAreTheSame()
    {
        await using var server = new NtfyServer();
        await server.StartAsync();
        await PublishAsync(server, "phone", "one");

        await server.StopAsync();
        await Should.ThrowAsync<HttpRequestException>(() => PublishAsync(server, "phone", "lost"));
        var waiting = server.WaitForAsync("phone", count: 2);
        await server.StartAsync();
        await PublishAsync(server, "phone", "two");

        (await waiting).Select(message => message.Message).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task WaitForAsync_MoreThanExpectedOrFewer_ShowsThem()
    {
        await using var server = new NtfyServer();
        await server.StartAsync();
        await PublishAsync(server, "phone", "one");
        await PublishAsync(server, "phone", "two");

        (await server.WaitForAsync("phone", count: 1)).Count.ShouldBe(2);
        (await Should.ThrowAsync<TimeoutException>(() => server.WaitForAsync("phone", 3, TimeSpan.FromMilliseconds(300)))).Message.ShouldContain("2 of 3");
    }

    [Fact]
    public async Task Access_Given_IsWhatTheTokenMayDo()
    {
        await using var server = new NtfyServer { Access = ["phone:rw", "dropbox:wo"] };
        await server.StartAsync();

        (await PublishAsync(server, "phone", "with token", server.Token)).ShouldBe(HttpStatusCode.OK);
        (await PublishAsync(server, "dropbox", "with token", server.Token)).ShouldBe(HttpStatusCode.OK);
        (await PublishAsync(server, "elsewhere", "with token", server.Token)).ShouldBe(HttpStatusCode.Forbidden);
        (await PublishAsync(server, "phone", "without")).ShouldBe(HttpStatusCode.Forbidden);
        (await PublishAsync(server, "phone", "wrong", "tk_00000000000000000000000000000")).ShouldBe(HttpStatusCode.Unauthorized);

        (await server.WaitForAsync("phone", count: 1)).ShouldHaveSingleItem().Message.ShouldBe("with token");
    }

    private static async Task<HttpStatusCode> PublishAsync(NtfyServer server, string topic, string message, string? token = null)
    {
        using var http = new HttpClient();
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.PostAsJsonAsync(server.Address, new { topic, message });
        return answer.StatusCode;
    }
}
