using Mambo.Contracts.Deployments;
using Mambo.Deployer.Acceptance;

namespace Mambo.Deployer.Tests.Acceptance;

public sealed class DeploymentRequestTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);

    private static readonly string Digest = $"sha256:{new string('a', 64)}";

    [Fact]
    public void Read_PlainCommand_FillsInWhatWasLeftOut()
    {
        var request = Read(new DeployApp { App = "shop", Bundle = Digest }, messageId: null);

        request.Faults.ShouldBeEmpty();
        request.Command.ShouldSatisfyAllConditions(
            command => command.DeploymentId.ShouldBe(request.Id),
            command => command.Host.ShouldBe("local"),
            command => command.RequestedBy.ShouldBe("rabbitmq"),
            command => command.RequestedAt.ShouldBe(Now));
    }

    [Fact]
    public void Read_Id_IsTheCommandsThenTheMessagesThenNew()
    {
        var (own, message) = (Guid.NewGuid(), Guid.NewGuid());

        Read(new DeployApp { DeploymentId = own }, message.ToString()).Id.ShouldBe(own);
        Read(new DeployApp(), message.ToString()).Id.ShouldBe(message);
        Read(new DeployApp(), "not a guid").Id.ShouldNotBe(Guid.Empty);
    }

    [Fact]
    public void Read_EverythingWrong_ListsEveryFault()
    {
        var request = Read(new DeployApp
        {
            App = "Shop",
            Bundle = "sha256:abc",
            Host = "elsewhere",
            Images = new Dictionary<string, string> { ["web"] = "no image", ["b@d"] = "nginx" },
            Commit = new string('c', 300),
        });

        request.Faults.Select(fault => fault.Field).ShouldBe(["app", "bundle", "host", "images", "images.web", "commit"], ignoreOrder: true);
        request.Faults.ShouldAllBe(fault => fault.Problem.Length > 20);
    }

    [Fact]
    public void Read_NeitherBundleNorImages_SaysToNameOne()
    {
        Read(new DeployApp { App = "shop" }).Faults.ShouldHaveSingleItem().Problem.ShouldContain("and so are images");
        Read(new DeployApp { App = "shop", Images = new Dictionary<string, string> { ["web"] = "nginx:1" } }).Faults.ShouldBeEmpty();
    }

    [Fact]
    public void Read_FieldOfTheWrongType_IsSaidOnce() =>
        Read(new DeployApp { Bundle = Digest }, faults: new FieldError("app", "It is a number; write text.")).Faults.ShouldHaveSingleItem().Problem.ShouldContain("number");

    private static DeploymentRequest Read(DeployApp command, string? messageId = "m", params FieldError[] faults) =>
        DeploymentRequest.Read(DeployerHost.Delivered(command, messageId, faults) with { MessageId = messageId }, "local", Now);
}
