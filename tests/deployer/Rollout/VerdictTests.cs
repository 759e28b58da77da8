using Mambo.Deployer.Edge;
using Mambo.Deployer.Rollout;

namespace Mambo.Deployer.Tests.Rollout;

public sealed class VerdictTests
{
    [Theory]
    [InlineData(1000, 0, 5, 19, 19, 5, null)]
    [InlineData(1000, 0, 5, 20, 2, 5, null)]
    [InlineData(1000, 0, 5, 20, 3, 5, "3 of 20 requests failed (15%; 0% before).")]
    [InlineData(0, 0, 0, 20, 3, 5, "3 of 20 requests failed (15%).")]
    [InlineData(1000, 100, 5, 100, 20, 5, null)]
    [InlineData(1000, 100, 5, 100, 21, 5, "21 of 100 requests failed (21%; 10% before).")]
    [InlineData(1000, 0, 5, 100, 0, 400, null)]
    [InlineData(1000, 0, 5, 100, 0, 600, "Requests take 600 ms on average; 5 ms before.")]
    [InlineData(1000, 0, 200, 100, 0, 900, null)]
    [InlineData(10, 0, 5, 100, 0, 900, null)]
    public void SoakVerdict_Answers_OnlyMuchWorseOnesDecide(long before, long failedBefore, int meanBefore, long now, long failed, int mean, string? verdict) =>
        (SoakVerdict.Judge(Count(before, failedBefore, meanBefore), Count(now, failed, mean)) ?? "good").Replace(" %", "%", StringComparison.Ordinal).ShouldBe(verdict ?? "good");

    [Theory]
    [InlineData(1000, 200, null)]
    [InlineData(912, 200, null)]
    [InlineData(911, 200, "The disk has 911 MB free. The images to be pulled may need 400 MB")]
    [InlineData(100, 0, "The disk has 100 MB free.")]
    public void Preflight_Disk_MustHoldTwiceTheImagesAndAReserve(long freeMegabytes, long imageMegabytes, string? problem)
    {
        var judged = Preflight.Judge(freeMegabytes * 1024 * 1024, imageMegabytes * 1024 * 1024);
        if (problem is null)
            judged.ShouldBeNull();
        else
            judged.ShouldNotBeNull().ShouldStartWith(problem);
    }

    [Theory]
    [InlineData(300, 200, 100, null)]
    [InlineData(299, 200, 100, "The host has 299 MB of memory left, and web, api may take 300 MB beside the old containers.")]
    public void Preflight_Memory_MustHoldWhatRunsTwice(long availableMegabytes, long web, long api, string? problem)
    {
        var judged = Preflight.JudgeMemory(availableMegabytes * 1024 * 1024, new Dictionary<string, long> { ["web"] = web * 1024 * 1024, ["api"] = api * 1024 * 1024 });
        if (problem is null)
            judged.ShouldBeNull();
        else
            judged.ShouldNotBeNull().ShouldStartWith(problem);
    }

    private static TrafficCount Count(long answered, long failed, int meanMilliseconds) => new(answered, failed, answered * TimeSpan.FromMilliseconds(meanMilliseconds).Ticks);
}
