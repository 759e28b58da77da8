using Mambo.Contracts.Deployments;
using Mambo.Deployer.Acceptance;
using Mambo.TestEnvironment;

namespace Mambo.Deployer.Tests.Acceptance;

public sealed class GenerationTests
{
    [Theory]
    [InlineData("bundle", "bundle", true)]
    [InlineData("bundle", "web", true)]
    [InlineData("web", "bundle", false)]
    [InlineData("web", "web", true)]
    [InlineData("web,api", "web", true)]
    [InlineData("web", "web,api", false)]
    public void MakesNeedless_ChangesOfTheOlder_MustAllBeInTheNewer(string newer, string older, bool needless) => Generations.MakesNeedless(Command(newer), Command(older)).ShouldBe(needless);

    [Fact]
    [Trait("Needs", "Docker")]
    public async Task Deploy_FiftyGenerationsShuffled_TheNewestServesAndAtMostTwoRan()
    {
        await using var deployer = new DeployerHost();
        await deployer.StartAsync();
        await deployer.DeployedAsync("shop", Bundle.WebApp("shop", "before"));
        var random = new Random(7);
        var generations = Enumerable.Range(1, 50).OrderBy(_ => random.Next()).ToList();
        var bundles = generations.ToDictionary(generation => generation, generation => deployer.Store(Bundle.WebApp("shop", $"generation {generation}")));

        var ids = await Task.WhenAll(generations.Select(generation => deployer.SendAsync(new DeployApp { App = "shop", Bundle = bundles[generation], Generation = generation })));

        var ends = await Task.WhenAll(ids.Select(deployer.EndAsync));
        (await deployer.GetAsync("shop.localhost")).ShouldBe((200, "generation 50"));
        ids.Count(id => deployer.Told(id).OfType<DeploymentStepCompleted>().Any()).ShouldBeInRange(1, 2);
        ends.OfType<AppDeployed>().Count().ShouldBeInRange(1, 2);
        ends.Where(end => end is not AppDeployed).ShouldAllBe(end => end is DeploymentSuperseded);
        // One that comes late does not come back.
        (await deployer.EndAsync(await deployer.SendAsync(new DeployApp { App = "shop", Bundle = bundles[49], Generation = 49 }))).ShouldBeOfType<DeploymentSuperseded>();
        (await deployer.GetAsync("shop.localhost")).ShouldBe((200, "generation 50"));
    }

    [Fact]
    [Trait("Needs", "Docker")]
    public async Task Deploy_NewerComesWhileItStarts_EndsSupersededBeforeItServes()
    {
        await using var deployer = new DeployerHost();
        await deployer.StartAsync();
        await deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        var older = await deployer.SendAsync("shop", Bundle.WebApp("shop", "two"));
        await deployer.InStepAsync(older, "start");

        var newer = await deployer.SendAsync("shop", Bundle.WebApp("shop", "three"));

        (await deployer.EndAsync(older)).ShouldBeOfType<DeploymentSuperseded>().By.ShouldBe(newer);
        (await deployer.EndAsync(newer)).ShouldBeDeployed();
        (await deployer.GetAsync("shop.localhost")).ShouldBe((200, "three"));
        await deployer.ContainerAsync("shop");
    }

    private static DeployApp Command(string what) => what == "bundle"
        ? new DeployApp { Bundle = "sha256:…" }
        : new DeployApp { Images = what.Split(',').ToDictionary(service => service, _ => "image:1") };
}
