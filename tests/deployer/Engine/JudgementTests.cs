using System.Net;

using Docker.DotNet.Models;

using Mambo.Deployer.Engine;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Rollout;
using Mambo.Deployer.Routes;

namespace Mambo.Deployer.Tests.Engine;

/// <summary>What is concluded from what the engine says.</summary>
public sealed class JudgementTests
{
    [Theory]
    [InlineData("1.45", "1.45")]
    [InlineData("1.44", "1.44")]
    [InlineData("1.60", "1.52")]
    public void Agree_Supported_IsTheLower(string offered, string agreed) => DockerEngine.Agree(offered, "x").ToString().ShouldBe(agreed);

    [Theory]
    [InlineData("1.43")]
    [InlineData(null)]
    public void Agree_TooOld_SaysWhatIsNeeded(string? offered) =>
        Should.Throw<EngineTooOldException>(() => DockerEngine.Agree(offered, "20.10")).Message.ShouldBe(
            $"Docker Engine 20.10 speaks API {offered}; 1.44 or newer is needed (Docker Engine 25). Upgrade Docker on this host.");

    [Theory]
    [InlineData("running", "healthy", 0, 0, null)]
    [InlineData("running", null, 0, 0, null)]
    [InlineData("exited", null, 0, 0, null)]
    [InlineData("running", "unhealthy", 0, 0, "Unhealthy")]
    [InlineData("running", "starting", 0, 0, "Unhealthy")]
    [InlineData("exited", null, 3, 0, "StartFailed")]
    [InlineData("restarting", "starting", 3, 4, "StartFailed")]
    [InlineData("running", null, 0, 2, "StartFailed")]
    public void Judge_State_IsTheReason(string status, string? health, long exitCode, long restarts, string? reason) => ContainerDiagnosis.Judge("web", new ContainerInspectResponse
    {
        RestartCount = restarts,
        State = new State
        {
            Status = status,
            Running = status is "running" or "restarting",
            Restarting = status == "restarting",
            ExitCode = exitCode,
            Health = health is null ? null! : new Health { Status = health },
        },
    }).Reason.ShouldBe(reason);

    [Theory]
    [InlineData(200, "/up", true)]
    [InlineData(302, "/up", true)]
    [InlineData(404, "/up", false)]
    [InlineData(404, null, true)]
    [InlineData(500, null, false)]
    public void IsGood_Answer_DependsOnWhetherThePathWasMadeForIt(int status, string? healthPath, bool good) => HealthGate.IsGood((HttpStatusCode)status, healthPath).ShouldBe(good);

    [Theory]
    [InlineData("running", "running", true)]
    [InlineData("running", "exited 0", true)]
    [InlineData("running", "exited 1", false)]
    [InlineData("exited 0", "running", false)]
    [InlineData("running", null, false)]
    [InlineData(null, null, false)]
    public void IsUp_RoutedServiceMustRun_OthersMayHaveDoneTheirWork(string? web, string? job, bool up)
    {
        var release = new Release { Content = new ReleaseContent { Services = ["web", "job"], Slots = new Dictionary<string, int> { ["web"] = 2, ["job"] = 1 }, Routes = [new AppRoute("a.b", "/", "web", 80, 1, null)] } };

        release.IsUp([.. Container("web", web, 2), .. Container("job", job, 1)]).ShouldBe(up);
        release.IsUp([.. Container("web", web, 1), .. Container("job", job, 1)]).ShouldBeFalse("the containers of another release are not its own");
    }

    [Theory]
    [InlineData("nginx", "nginx")]
    [InlineData("ghcr.io/you/shop:1", "ghcr.io/you/shop")]
    [InlineData("localhost:5000/shop", "localhost:5000/shop")]
    [InlineData("localhost:5000/shop:1@sha256:ab", "localhost:5000/shop")]
    public void RepositoryOf_Reference_HasNeitherTagNorDigest(string reference, string repository) => Retirement.RepositoryOf(reference).ShouldBe(repository);

    private static IEnumerable<AppContainer> Container(string service, string? state, int slot) =>
        state is null ? [] : [new AppContainer("id", service, "p", service, state.Split(' ')[0], null, ExitedWell: state == "exited 0", OneOff: false, slot)];
}
