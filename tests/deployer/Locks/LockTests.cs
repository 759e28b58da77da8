using Mambo.Contracts.Deployments;
using Mambo.TestEnvironment;

namespace Mambo.Deployer.Tests.Locks;

[Trait("Needs", "Docker")]
public sealed class LockTests : IAsyncLifetime
{
    private readonly DeployerHost _deployer = new();

    public async Task InitializeAsync()
    {
        await _deployer.StartAsync();
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
    }

    public Task DisposeAsync() => _deployer.DisposeAsync().AsTask();

    [Fact]
    public async Task Lock_OfAnApp_RejectsDeploymentsRollbacksAndItsRemovalUntilItIsUnlocked()
    {
        var locked = (await _deployer.EndAsync(new LockApp { App = "shop", Reason = "moving the database." })).ShouldBeOfType<AppLocked>();
        (locked.App, locked.Reason, locked.RequestedBy).ShouldBe(("shop", "moving the database.", "ana"));
        (locked.EndsAt - locked.OccurredAt).ShouldBe(TimeSpan.FromHours(24));

        foreach (var (refused, kind) in new[]
        {
            (await _deployer.DeployAsync("shop", Bundle.WebApp("shop", "two")), DeploymentKind.Deploy),
            (await _deployer.EndAsync(await _deployer.RollBackAsync("shop")), DeploymentKind.RollBack),
            (await _deployer.EndAsync(new RemoveApp { App = "shop" }), DeploymentKind.Remove),
        })
        {
            var failed = refused.ShouldBeFailed(DeploymentFailureReason.Rejected);
            (failed.Kind, failed.Step).ShouldBe((kind, null));
            var fault = failed.Errors.ShouldHaveSingleItem();
            fault.Field.ShouldBe("app");
            fault.Problem.ShouldMatch(@"^shop is locked by ana since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC until .* UTC: moving the database\. Unlock it with: mambo unlock shop$");
        }

        (await _deployer.GetAsync("shop.localhost")).ShouldBe((200, "one"));
        (await _deployer.EndAsync(new UnlockApp { App = "shop" })).ShouldBeOfType<AppUnlocked>().Reason.ShouldBe("moving the database.");
        (await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "two"))).Release.ShouldBe(2);
        (await _deployer.EndAsync(new UnlockApp { App = "shop" })).ShouldBeOfType<AppUnlocked>().Reason.ShouldBeNull();
    }

    [Fact]
    public async Task Lock_ItsLeaseHasEnded_IsNone()
    {
        await _deployer.EndAsync(new LockApp { App = "shop", Reason = "a moment", EndsAt = DateTimeOffset.UtcNow.AddMilliseconds(200) });
        await Task.Delay(250);

        (await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "two"))).Release.ShouldBe(2);
    }

    [Fact]
    public async Task Lock_WhatWasAcceptedBefore_GoesOnAlsoWhenItsCommandComesAgain()
    {
        var command = new DeployApp { DeploymentId = Guid.NewGuid(), App = "shop", Bundle = _deployer.Store(Bundle.WebApp("shop", "two")) };
        await _deployer.SendAsync(command);
        await _deployer.EndAsync(new LockApp { App = "shop", Reason = "later" });

        await _deployer.SendAsync(command);

        (await _deployer.EndAsync(command.DeploymentId.Value)).ShouldBeDeployed();
        _deployer.Told(command.DeploymentId.Value).OfType<DeploymentFailed>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("shop", null, 1, "reason")]
    [InlineData("shop", "why\nnot", 1, "reason")]
    [InlineData("shop", "why", -1, "endsAt")]
    [InlineData("shop", "why", 31 * 24, "endsAt")]
    [InlineData("none", "why", 1, "app")]
    [InlineData("Shop!", "why", 1, "app")]
    public async Task Lock_Faulty_IsRejectedByItsField(string app, string? reason, int hours, string field)
    {
        var failed = (await _deployer.EndAsync(new LockApp { App = app, Reason = reason, EndsAt = DateTimeOffset.UtcNow.AddHours(hours) })).ShouldBeFailed(DeploymentFailureReason.Rejected);

        failed.Kind.ShouldBe(DeploymentKind.Lock);
        failed.Errors.ShouldHaveSingleItem().Field.ShouldBe(field);
    }
}
