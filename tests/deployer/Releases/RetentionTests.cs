using Mambo.Deployer.Releases;

namespace Mambo.Deployer.Tests.Releases;

public sealed class RetentionTests
{
    [Fact]
    public void Plan_MoreThanKept_LetsTheOldestGo()
    {
        var plan = Retention.Plan(Release("shop", 6, "b6", "i6"), [.. Enumerable.Range(1, 5).Select(n => Release("shop", n, $"b{n}", $"i{n}"))], keep: 3);

        plan.Releases.ShouldBe([6, 5, 4], ignoreOrder: true);
        plan.Bundles.ShouldBe(["b6", "b5", "b4"], ignoreOrder: true);
        plan.ImageIds.ShouldBe(["i1", "i2", "i3"], ignoreOrder: true);
    }

    [Fact]
    public void Plan_StillNeeded_IsNeverLetGo()
    {
        var plan = Retention.Plan(
            Release("shop", 4, "b1", "i4"),
            [Release("shop", 1, "b1", "i1"), Release("shop", 2, "b2", "i2"), Release("shop", 3, "b3", "i3"), Release("notes", 1, "n", "i2")],
            keep: 1);

        // The release to go back to stays even when only one is to be kept; so do images another app runs.
        plan.Releases.ShouldBe([4, 3], ignoreOrder: true);
        plan.Bundles.ShouldBe(["b1", "b3"], ignoreOrder: true);
        plan.ImageIds.ShouldBe(["i1"]);
    }

    [Fact]
    public void Plan_ImageNoRegistryHas_Stays() =>
        Retention.Plan(Release("shop", 4, "b", "i4"), [Release("shop", 1, "b", "i1", canBePulled: false), Release("shop", 2, "b", "i2"), Release("shop", 3, "b", "i3")], keep: 2)
            .ImageIds.ShouldBe(["i2"]);

    [Fact]
    public void Plan_Secrets_StayWithTheReleasesThatHaveThem()
    {
        var releases = Enumerable.Range(1, 4).Select(number => Release("shop", number, "b", "i") is var release ? release with
        {
            Content = release.Content with { Secrets = new Dictionary<string, ReleasedSecret> { ["key"] = new("token", number, $"d{number / 2}") } },
        } : null!).ToList();

        Retention.Plan(releases[3], releases[..3], keep: 2).Secrets.ShouldBe(["token.d2", "token.d1"], ignoreOrder: true);
    }

    private static Release Release(string app, int number, string bundle, string image, bool canBePulled = true) => new()
    {
        App = app,
        Number = number,
        Bundle = bundle,
        ServedAt = DateTimeOffset.UnixEpoch.AddHours(number),
        Content = new ReleaseContent { Images = new Dictionary<string, ReleasedImage> { ["web"] = new(image, image, canBePulled) } },
    };
}
