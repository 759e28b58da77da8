using Mambo.ServiceDefaults.Names;

namespace Mambo.ServiceDefaults.Tests.Names;

public sealed class NamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("shop")]
    [InlineData("mambo-cloud")]
    [InlineData("a1-b2-c3")]
    [InlineData("a234567890123456789012345678901234567890")]
    public void AppName_Good_IsTaken(string text)
    {
        AppName.TryParse(text, out var name, out var problem).ShouldBeTrue(problem);
        name.Value.ShouldBe(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Shop")]
    [InlineData("1shop")]
    [InlineData("-shop")]
    [InlineData("shop-")]
    [InlineData("a--b")]
    [InlineData("../etc")]
    [InlineData("shop\n")]
    [InlineData("shöp")]
    [InlineData("a2345678901234567890123456789012345678901")]
    public void AppName_Bad_SaysWhy(string? text)
    {
        AppName.TryParse(text, out _, out var problem).ShouldBeFalse();
        problem!.ShouldContain("Write ");
    }

    [Theory]
    [InlineData("token", true)]
    [InlineData("DB_PASSWORD", true)]
    [InlineData("db-password-2", true)]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234", true)]
    [InlineData("a2345678901234567890123456789012345678901234567890123456789012345", false)]
    [InlineData("token.version", false)]
    [InlineData("../token", false)]
    [InlineData("-token", false)]
    [InlineData("1token", false)]
    [InlineData("token_", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void SecretName_Text_IsTakenOrSaysWhy(string? text, bool taken)
    {
        SecretName.TryParse(text, out var name, out var problem).ShouldBe(taken);
        if (taken)
            name.Value.ShouldBe(text);
        else
            problem!.ShouldContain("Write ");
    }

    [Fact]
    public void AppName_ControlCharactersInTheProblem_AreBlottedOut()
    {
        AppName.TryParse("a\u001b[31m", out _, out var problem).ShouldBeFalse();
        problem!.ShouldStartWith("\"a?[31m\" is no app name.");
    }

    [Theory]
    [InlineData("sha256:" + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true)]
    [InlineData("sha256:" + "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    [InlineData("sha256:00", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void BundleDigest_Text_IsTakenOrNot(string? text, bool good) => BundleDigest.TryParse(text, out _, out _).ShouldBe(good);

    [Fact]
    public void BundleDigest_OfAHash_ReadsBack()
    {
        var digest = BundleDigest.Of(System.Security.Cryptography.SHA256.HashData("x"u8));
        BundleDigest.TryParse(digest.Value, out var again, out _).ShouldBeTrue();
        again.ShouldBe(digest);
        digest.Hex.Length.ShouldBe(64);
    }

    [Theory]
    [InlineData("nginx", true)]
    [InlineData("nginx:alpine", true)]
    [InlineData("ghcr.io/you/shop:1.2", true)]
    [InlineData("localhost:5000/shop", true)]
    [InlineData("shop@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true)]
    [InlineData("-rm", false)]
    [InlineData("a b", false)]
    [InlineData("Nginx", false)]
    [InlineData("nginx:", false)]
    [InlineData("nginx@sha256:12", false)]
    [InlineData("nginx\n", false)]
    public void ImageReference_Text_IsTakenOrNot(string text, bool good) => ImageReference.TryParse(text, out _, out _).ShouldBe(good);
}
