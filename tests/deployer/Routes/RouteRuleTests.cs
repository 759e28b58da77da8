using Mambo.Deployer.Routes;

namespace Mambo.Deployer.Tests.Routes;

public sealed class RouteRuleTests
{
    [Theory]
    [InlineData("Host(`shop.example.com`)", "shop.example.com /")]
    [InlineData("Host(\"Shop.Example.COM\")", "shop.example.com /")]
    [InlineData(" Host( `a.b` , `c.d` ) ", "a.b / | c.d /")]
    [InlineData("Host(`a.b`) || Host(`c.d`)", "a.b / | c.d /")]
    [InlineData("Host(`a.b`) && PathPrefix(`/api`)", "a.b /api")]
    [InlineData("PathPrefix(`/api`, `/v2`) && Host(`a.b`)", "a.b /api | a.b /v2")]
    [InlineData("(Host(`a.b`) || Host(`c.d`)) && PathPrefix(`/x`)", "a.b /x | c.d /x")]
    [InlineData("Host(`a.b`) || Host(`c.d`) && PathPrefix(`/x`)", "a.b / | c.d /x")]
    [InlineData("Host(`a.b`) && PathPrefix(`/x`) && PathPrefix(`/x/y`)", "a.b /x/y")]
    [InlineData("Host(`a.b`) || Host(`a.b`)", "a.b /")]
    [InlineData("Host(`127.0.0.1`)", "127.0.0.1 /")]
    public void TryParse_Supported_MeansTheSamePairs(string rule, string expected)
    {
        RouteRule.TryParse(rule, out var matches, out var problem).ShouldBeTrue(problem);

        string.Join(" | ", matches!.Select(match => $"{match.Host} {match.PathPrefix}")).ShouldBe(expected);
    }

    [Theory]
    [InlineData("", "its end at position 1")]
    [InlineData("HostRegexp(`.*`)", "HostRegexp, which is not supported. Host and PathPrefix")]
    [InlineData("Host(`a.b`) && Headers(`a`, `b`)", "Headers, which is not supported")]
    [InlineData("!Host(`a.b`)", "!, which is not supported")]
    [InlineData("PathPrefix(`/x`)", "a part without Host")]
    [InlineData("Host(`a.b`) || PathPrefix(`/x`)", "a part without Host")]
    [InlineData("Host(a.b)", "'a' at position 6, where a name in backticks or double quotes should be")]
    [InlineData("Host(`a.b`", "its end at position 11, where ) should be")]
    [InlineData("Host(`a.b", "never closes it")]
    [InlineData("Host(`a.b`) Host(`c.d`)", "'H' at position 13, where &&, || or the end should be")]
    [InlineData("Host(`http://a.b`)", "is no host name")]
    [InlineData("Host(`*.a.b`)", "is no host name")]
    [InlineData("Host(`a.b:80`)", "is no host name")]
    [InlineData("Host(`a.b`) && PathPrefix(`x`)", "is no path")]
    [InlineData("Host(`a.b`) && Host(`c.d`)", "at once, which no request has")]
    [InlineData("Host(`a.b`) && PathPrefix(`/x`) && PathPrefix(`/y`)", "at once, which no request has")]
    public void TryParse_Other_SaysWhatIsWrong(string rule, string problem)
    {
        RouteRule.TryParse(rule, out _, out var found).ShouldBeFalse();

        found.ShouldNotBeNull().ShouldContain(problem);
    }

    [Fact]
    public void TryParse_GrowsWithoutBound_IsRefused()
    {
        var hosts = string.Join(',', Enumerable.Range(0, 50).Select(n => $"`h{n}.x`"));
        var paths = string.Join(',', Enumerable.Range(0, 50).Select(n => $"`/p{n}`"));

        RouteRule.TryParse($"Host({hosts}) && PathPrefix({paths})", out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNull().ShouldContain("more than 100 pairs");
        RouteRule.TryParse(new string('(', 5000), out _, out problem).ShouldBeFalse();
        problem.ShouldNotBeNull().ShouldContain("nests deeper");
    }
}
