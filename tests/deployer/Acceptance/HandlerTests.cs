using Mambo.Contracts.Deployments;
using Mambo.Deployer.Acceptance;
using Mambo.ServiceDefaults.Operations;

using Microsoft.Extensions.DependencyInjection;

namespace Mambo.Deployer.Tests.Acceptance;

[Trait("Needs", "Docker")]
public sealed class HandlerTests : IAsyncLifetime
{
    private readonly DeployerHost _deployer = new();

    private DeployAppHandler Handler => _deployer.Services.GetRequiredService<DeployAppHandler>();

    public Task InitializeAsync() => _deployer.StartAsync();

    public Task DisposeAsync() => _deployer.DisposeAsync().AsTask();

    [Fact]
    public async Task Handle_BadCommandSentTwice_IsRejectedOnce()
    {
        var command = new DeployApp { DeploymentId = Guid.NewGuid(), App = "Shop!" };

        await Handler.HandleAsync(DeployerHost.Delivered(command, "one"), default);
        await Handler.HandleAsync(DeployerHost.Delivered(command, "one"), default);
        await Handler.HandleAsync(DeployerHost.Delivered(command, "two"), default);

        var told = _deployer.Told(command.DeploymentId.Value).ShouldHaveSingleItem().ShouldBeOfType<DeploymentFailed>();
        told.Reason.ShouldBe(DeploymentFailureReason.Rejected);
        told.Step.ShouldBeNull();
        told.Errors.Select(error => error.Field).ShouldBe(["app", "bundle"]);
        _deployer.Journal.Find(command.DeploymentId.Value).ShouldBeNull();
    }

    [Fact]
    public async Task Handle_ImagesForAnUnknownApp_IsRejected()
    {
        var id = await _deployer.SendAsync(new DeployApp { App = "shop", Images = new Dictionary<string, string> { ["web"] = "mambo-web:local" } });

        _deployer.Told(id).ShouldHaveSingleItem().ShouldBeOfType<DeploymentFailed>().Errors.ShouldHaveSingleItem().Problem.ShouldStartWith("shop is an unknown app");
    }

    [Fact]
    public async Task Handle_GoodCommandSentTwice_IsOneDeployment()
    {
        var command = new DeployApp { DeploymentId = Guid.NewGuid(), App = "shop", Bundle = $"sha256:{new string('a', 64)}" };

        await Handler.HandleAsync(DeployerHost.Delivered(command, "one"), default);
        await Handler.HandleAsync(DeployerHost.Delivered(command, "two"), default);
        await _deployer.EndAsync(command.DeploymentId.Value);

        _deployer.Told(command.DeploymentId.Value).Select(told => told.GetType()).ShouldBe([typeof(DeploymentAccepted), typeof(DeploymentFailed)]);
        _deployer.Journal.List("shop", 10).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Handle_CancelOfNothing_IsAnsweredUnderItsOwnId()
    {
        var cancel = _deployer.Services.GetRequiredService<CancelDeploymentHandler>();
        var (message, unknown) = (Guid.NewGuid(), Guid.NewGuid());

        await cancel.HandleAsync(DeployerHost.Delivered(new CancelDeployment { DeploymentId = unknown }, message.ToString()), default);

        _deployer.Told(message).ShouldHaveSingleItem().ShouldBeOfType<DeploymentFailed>().Errors.ShouldHaveSingleItem().Problem.ShouldContain($"There is no deployment {unknown}");
        _deployer.Told(unknown).ShouldBeEmpty();
    }
}
