using System.Security.Cryptography;
using System.Text;

using Mambo.Backoffice.Tokens;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Backoffice.Tests.Tokens;

public sealed class ApiTokensTests
{
    private static readonly string One = Hash("one");
    private static readonly string Two = Hash("two");

    [Fact]
    public void NameOf_KnownTokens_TheirNames()
    {
        var tokens = Parse($"# people\nowner sha256:{One}\r\n\n  ci.build-1\tsha256:{Two.ToUpperInvariant()}  \n", out var faults);

        faults.ShouldBeEmpty();
        tokens.NameOf("one").ShouldBe("owner");
        tokens.NameOf("two").ShouldBe("ci.build-1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("One")]
    [InlineData("one ")]
    [InlineData("onetwo")]
    public void NameOf_UnknownToken_Null(string token) => Parse($"owner sha256:{One}", out _).NameOf(token).ShouldBeNull();

    [Fact]
    public void NameOf_TheHashItself_IsNoToken() => Parse($"owner sha256:{One}", out _).NameOf(One).ShouldBeNull();

    [Fact]
    public void Parse_ManyFaults_AllWithTheirLinesAndWithoutAnyTextOfTheLine()
    {
        Parse($"owner sha256:{One}\nmy-plain-token\nci sha256:{One[..63]}\n-x sha256:{Two}\nowner sha256:{Two}\nother sha256:{One}\nci {Two}", out var faults);

        faults.Select(fault => $"{fault.Origin}: {fault.Problem}").ShouldBe(
        [
            "line 2: it is no name followed by a space and sha256: with 64 hexadecimal digits",
            "line 3: it is no name followed by a space and sha256: with 64 hexadecimal digits",
            "line 4: it is no name followed by a space and sha256: with 64 hexadecimal digits",
            "line 5: the name owner is taken by an earlier line",
            "line 6: other has the same token as owner",
            "line 7: it is no name followed by a space and sha256: with 64 hexadecimal digits",
        ]);
        var text = string.Concat(faults);
        text.ShouldNotContain("my-plain-token");
        text.ShouldNotContain(One[..16]);
        text.ShouldNotContain(Two[..16]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n  \n# owner sha256:0\n")]
    public void Parse_NoToken_IsAFault(string text)
    {
        Parse(text, out var faults);

        faults.ShouldHaveSingleItem().ToString().ShouldBe(
            "secret api-tokens: it holds no token. Write a name and the SHA-256 of the token, as in: ci sha256:HEX, with HEX from: printf %s \"$TOKEN\" | sha256sum");
    }

    private static ApiTokens Parse(string text, out List<ConfigurationFault> faults) => ApiTokens.Parse(text, faults = []);

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
