using System.Net;

using Mambo.AlertRelay.Ntfy;

namespace Mambo.AlertRelay.Tests.Ntfy;

public sealed class NtfyRefusalTests
{
    [Theory]
    [InlineData(408, true)]
    [InlineData(425, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(507, true)]
    [InlineData(301, false)]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(413, false)]
    public void IsTemporary_Status_TellsWhetherToTryAgain(int status, bool temporary) => NtfyRefusal.IsTemporary((HttpStatusCode)status).ShouldBe(temporary);

    [Theory]
    [InlineData(401, true, "does not know the token")]
    [InlineData(401, false, "secret ntfy-token")]
    [InlineData(403, true, "needs write access to the topic")]
    [InlineData(403, false, "secret ntfy-token")]
    [InlineData(404, true, "alerts.server")]
    [InlineData(413, true, "message-size-limit")]
    [InlineData(400, true, "alerts.topic")]
    [InlineData(302, true, "https://ntfy.example.org.")]
    public void Remedy_Status_SaysWhatToDo(int status, bool hasToken, string expected) =>
        NtfyRefusal.Remedy((HttpStatusCode)status, hasToken, new Uri("https://ntfy.example.org/login?x=1")).ShouldContain(expected);

    [Theory]
    [InlineData("""{"code":40301,"http":403,"error":"forbidden"}""", "403 forbidden (40301)")]
    [InlineData("<html>\n<b>Go away</b>", "403 <html> <b>Go away</b>")]
    [InlineData("", "403 without a word")]
    [InlineData("[1]", "403 [1]")]
    [InlineData("null", "403 null")]
    public void Quote_AnyBody_IsTheServersOwnWords(string body, string expected) => NtfyRefusal.Quote(HttpStatusCode.Forbidden, body).ShouldBe(expected);

    [Fact]
    public void Quote_EndlessBody_IsCut() => NtfyRefusal.Quote(HttpStatusCode.Forbidden, new string('x', 60_000)).Length.ShouldBeLessThan(220);
}
