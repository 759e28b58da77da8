using Mambo.Cli.Platform;
using Mambo.Cli.Running;

namespace Mambo.Cli.Tests.Running;

public class DockerEngineTests
{
    [Fact]
    public void OfHome_ContainersOfSeveralPlatforms_OnlyThoseRunFromThisHome() => DockerEngine.OfHome(
    [
        "1\tmambo-shop\t/srv/a/.mambo/apps/shop/bundles/00",
        "2\tmambo-a8fa33-shop\t/srv/b/.mambo/apps/shop/bundles/00",
        "3\tmambo-blog\t/srv/a/.mambo/apps/blog/bundles/01",
        "4\tmambo-other\t/srv/a/.mambo/appsish/other",
        "5\tsomething\t/home/me/something",
        "6\t\t",
        "7\tolder-compose",
    ], new PlatformHome("/srv/a/.mambo")).ShouldBe([("1", "mambo-shop"), ("3", "mambo-blog")]);
}
