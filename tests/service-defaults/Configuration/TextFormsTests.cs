using Mambo.ServiceDefaults.Configuration;

namespace Mambo.ServiceDefaults.Tests.Configuration;

public class TextFormsTests
{
    [Theory]
    [InlineData("250ms", 0.25)]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("2h", 7200)]
    [InlineData("3d", 259200)]
    [InlineData("1h30m", 5400)]
    [InlineData(" 5s ", 5)]
    [InlineData("49d", 4233600)]
    public void Duration_WrittenByPeople_IsRead(string text, double seconds)
    {
        Duration.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalSeconds.ShouldBe(seconds);
        Duration.TryParse(Duration.Format(duration), out var again).ShouldBeTrue();
        again.ShouldBe(duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("90")]
    [InlineData("0s")]
    [InlineData("-5s")]
    [InlineData("1.5h")]
    [InlineData("5 minutes")]
    [InlineData("30m1h")]
    [InlineData("50d")]
    [InlineData("99999999999999999999s")]
    [InlineData("00:01:30")]
    public void Duration_AnythingElse_IsRefused(string text) => Duration.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1048577", 1048577)]
    [InlineData("100MB", 100_000_000)]
    [InlineData("100MiB", 104_857_600)]
    [InlineData("100 mib", 104_857_600)]
    [InlineData("2KB", 2000)]
    [InlineData("1TiB", 1099511627776)]
    [InlineData("7B", 7)]
    public void ByteSize_WrittenByPeople_IsRead(string text, long expected)
    {
        ByteSize.TryParse(text, out var bytes).ShouldBeTrue();
        bytes.ShouldBe(expected);
        ByteSize.TryParse(ByteSize.Format(bytes), out var again).ShouldBeTrue();
        again.ShouldBe(bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.5GB")]
    [InlineData("100M")]
    [InlineData("9999999999TiB")]
    [InlineData("MiB")]
    public void ByteSize_AnythingElse_IsRefused(string text) => ByteSize.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("127.0.0.1:7400", "127.0.0.1:7400")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("*:80", "0.0.0.0:80")]
    [InlineData("[::1]:7400", "[::1]:7400")]
    public void ListenAddress_AddressAndPort_IsRead(string text, string expected) => ListenAddress.Parse(text).ToString().ShouldBe(expected);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("7400")]
    [InlineData(":7400")]
    [InlineData("7400:7400")]
    [InlineData("127.1:80")]
    [InlineData("example.org:80")]
    [InlineData("::1:7400")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("http://127.0.0.1:80")]
    public void ListenAddress_AnythingElse_IsRefused(string? text) => ListenAddress.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("127.0.0.1:80", "127.0.0.1:80", true)]
    [InlineData("127.0.0.1:80", "0.0.0.0:80", true)]
    [InlineData("127.0.0.1:80", "127.0.0.2:80", false)]
    [InlineData("127.0.0.1:0", "127.0.0.1:0", false)]
    [InlineData("127.0.0.1:80", "127.0.0.1:81", false)]
    public void ListenAddress_Collide_OnlyWhereBothWantThePort(string one, string other, bool expected) =>
        ListenAddress.Collide(ListenAddress.Parse(one), ListenAddress.Parse(other)).ShouldBe(expected);

    [Theory]
    [InlineData("/var/lib/mambo", "^mambo$")]
    [InlineData("/home/me/mambo/.mambo", "^mambo-[0-9a-f]{6}$")]
    public void PlatformName_FollowsFromTheHome(string home, string pattern) => PlatformIdentity.NameOf(home).ShouldMatch(pattern);
}
