using System.Net;

using Mambo.Backoffice.Ci;
using Mambo.OidcIssuer;

using Microsoft.Extensions.Time.Testing;

namespace Mambo.Backoffice.Tests.Ci;

/// <summary>Keys that change, and issuers that fail.</summary>
public sealed class IssuerKeysTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private CiOffice _office = null!;

    public async Task InitializeAsync() => _office = await CiOffice.StartAsync(time: _time);

    public Task DisposeAsync() => _office.DisposeAsync().AsTask();

    [Fact]
    public async Task Find_ManyTokens_TheIssuerIsAskedOnce()
    {
        for (var i = 0; i < 20; i++)
            (await TryAsync()).ShouldBeNull();

        _office.Github.KeyRequests.ShouldBe(1);
        _office.Gitlab.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Find_KeyRotated_NewOneIsTakenAndTheOldOneNoMore()
    {
        (await TryAsync()).ShouldBeNull();
        var old = _office.Github.Key;
        _time.Advance(IssuerKeys.BetweenFetches);
        _office.Github.Rotate("key-2");

        (await TryAsync()).ShouldBeNull();
        (await TryAsync(old)).ShouldNotBeNull().ShouldStartWith("unknown_key: ");
    }

    [Fact]
    public async Task Find_UnknownKeysInARush_TheIssuerIsAskedOnceInFiveMinutes()
    {
        using var stranger = new SigningKey("nobody");
        (await TryAsync()).ShouldBeNull();
        _time.Advance(IssuerKeys.BetweenFetches);

        for (var i = 0; i < 50; i++)
            (await TryAsync(stranger)).ShouldNotBeNull().ShouldStartWith("unknown_key: ");
        var rush = _office.Github.KeyRequests;
        _time.Advance(IssuerKeys.BetweenFetches);
        await TryAsync(stranger);

        rush.ShouldBe(2);
        _office.Github.KeyRequests.ShouldBe(3);
    }

    [Fact]
    public async Task Find_HalfADayLater_AskedAnewAndAWithdrawnKeyIsNoMoreTaken()
    {
        (await TryAsync()).ShouldBeNull();
        var old = _office.Github.Key;
        _office.Github.Rotate("key-2");
        (await TryAsync(old)).ShouldBeNull();

        _time.Advance(IssuerKeys.Fresh);

        (await TryAsync(old)).ShouldNotBeNull().ShouldStartWith("unknown_key: ");
        _office.Github.KeyRequests.ShouldBe(2);
    }

    [Theory]
    [InlineData("down")]
    [InlineData("nonsense")]
    [InlineData("empty")]
    [InlineData("liar")]
    [InlineData("no https")]
    public async Task Find_IssuerFails_KeysToldLastAreUsedAlsoAfterARestart(string how)
    {
        (await TryAsync()).ShouldBeNull();
        _time.Advance(IssuerKeys.Fresh);
        Break(how);

        (await TryAsync()).ShouldBeNull();
        await _office.Office.RestartAsync();
        (await TryAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Find_IssuerDownForMoreThanAWeek_Refused()
    {
        (await TryAsync()).ShouldBeNull();
        _office.Github.IsDown = true;
        _time.Advance(IssuerKeys.Usable + TimeSpan.FromSeconds(1));

        (await TryAsync()).ShouldNotBeNull().ShouldStartWith("keys_unavailable: ");
    }

    [Fact]
    public async Task Exchange_IssuerDownFromTheBeginning_503AndSoonAgain()
    {
        _office.Github.IsDown = true;

        using var refused = await _office.PostAsync(Token());
        using var again = await _office.PostAsync(Token());
        var asked = _office.Github.Requests;
        _office.Github.IsDown = false;
        _time.Advance(IssuerKeys.BetweenFirstFetches);
        using var taken = await _office.PostAsync(Token());

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta.ShouldBe(IssuerKeys.BetweenFirstFetches);
        again.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        asked.ShouldBe(1);
        taken.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private void Break(string how)
    {
        var issuer = _office.Github;
        switch (how)
        {
            case "down": issuer.IsDown = true; break;
            case "nonsense": issuer.Nonsense = "<html>"; break;
            case "empty": issuer.Nonsense = "{}"; break;
            case "liar": issuer.SaysItIs = "https://evil.example"; break;
            case "no https": issuer.KeysAt = "http://evil.example/jwks"; break;
        }
    }

    private string Token(SigningKey? key = null) => (key ?? _office.Github.Key).Sign(_office.Claims(new GithubJob { At = _time.GetUtcNow() }));

    private Task<string?> TryAsync(SigningKey? key = null) => _office.RefusalAsync(Token(key));
}
