using System.Text;

using Mambo.Contracts;
using Mambo.Contracts.Alerts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Bus;

namespace Mambo.ServiceDefaults.Tests.Bus;

public sealed class CommandReaderTests
{
    [Theory]
    [InlineData("""{"app":5}""", "app: It is a number. Write text in quotes.")]
    [InlineData("""{"app":true}""", "app: It is true. Write text in quotes.")]
    [InlineData("""{"app":["shop"]}""", "app: It is a list. Write text in quotes.")]
    [InlineData("""{"app":{"name":"shop"}}""", "app: It is an object. Write text in quotes.")]
    [InlineData("""{"deploymentId":"seven"}""", "deploymentId: \"seven\" is none. Write an id such as \"0197a3b2-0d3c-7c1e-9a52-3f1f6f0e8d11\".")]
    [InlineData("""{"deploymentId":7}""", "deploymentId: It is a number. Write an id such as \"0197a3b2-0d3c-7c1e-9a52-3f1f6f0e8d11\".")]
    [InlineData("""{"requestedAt":"yesterday"}""", "requestedAt: \"yesterday\" is none. Write a time such as \"2026-11-24T08:00:00Z\".")]
    [InlineData("""{"images":"nginx"}""", "images: It is text. Write an object of names, each with its value.")]
    [InlineData("""{"images":{"web":5,"db":"postgres"}}""", "images.web: It is a number. Write text in quotes.")]
    [InlineData("""{"images":{"web":"a","web":"b"}}""", "images.web: It is given more than once. Write it once.")]
    [InlineData("""{"imges":{}}""", "imges: There is no such field. Did you mean images?")]
    [InlineData("""{"colour":"red"}""", "colour: There is no such field. The fields are app, bundle, commit, deploymentId, generation, host, images, preview, requestedAt, requestedBy, ttl.")]
    [InlineData("""{"app":"a","App":"b"}""", "app: It is given more than once. Write it once.")]
    [InlineData("""{"a\u0001b":1}""", "a?b: There is no such field. The fields are app, bundle, commit, deploymentId, generation, host, images, preview, requestedAt, requestedBy, ttl.")]
    public void Read_OneFieldAtFault_SaysWhatWasFoundAndWhatIsExpected(string body, string fault) => Faults<DeployApp>(body).ShouldBe([fault]);

    [Theory]
    [InlineData("""{"severity":"loud"}""", "severity: \"loud\" is none. Write one of \"info\", \"warning\", \"critical\".")]
    [InlineData("""{"severity":2}""", "severity: It is a number. Write one of \"info\", \"warning\", \"critical\".")]
    [InlineData("""{"link":7}""", "link: It is a number. Write an address such as \"https://shop.example\".")]
    public void Read_AlertFieldAtFault_SaysWhatIsExpected(string body, string fault) => Faults<RaiseAlert>(body).ShouldBe([fault]);

    [Theory]
    [InlineData("""{"toRelease":"3"}""", "toRelease: It is text. Write a whole number without quotes.")]
    [InlineData("""{"toRelease":3.5}""", "toRelease: It is a number. Write a whole number without quotes.")]
    [InlineData("""{"toRelease":99999999999}""", "toRelease: It is a number. Write a whole number without quotes.")]
    public void Read_NumberAtFault_SaysWhatIsExpected(string body, string fault) => Faults<RollBackApp>(body).ShouldBe([fault]);

    [Fact]
    public void Read_SeveralFaults_AllAreReportedAndTheRestIsKept()
    {
        var (command, faults) = Read<DeployApp>("""{"APP":"shop","bundle":1,"images":{"web":"nginx","db":null,"job":2},"commit":false,"requestedBy":null}""");

        command.App.ShouldBe("shop");
        command.Bundle.ShouldBeNull();
        command.Images.ShouldNotBeNull().ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create("web", "nginx"));
        faults.Select(fault => fault.Field).ShouldBe(["bundle", "images.job", "commit"]);
    }

    [Fact]
    public void Read_NullForAFieldThatCannotBeNull_IsUnset()
    {
        var (command, faults) = Read<RaiseAlert>("""{"name":"DiskFull","severity":null}""");

        command.Severity.ShouldBe(AlertSeverity.Warning);
        faults.ShouldBeEmpty();
    }

    [Fact]
    public void Read_Good_HasNoFaults()
    {
        var (command, faults) = Read<DeployApp>("\uFEFF" + """ {"app":"shop","Images":{"web":"nginx"},"requestedAt":"2026-11-24T08:00:00+01:00"} """);

        command.App.ShouldBe("shop");
        command.Images!["web"].ShouldBe("nginx");
        command.RequestedAt.ShouldBe(new DateTimeOffset(2026, 11, 24, 7, 0, 0, TimeSpan.Zero));
        faults.ShouldBeEmpty();
    }

    [Fact]
    public void Read_AThousandFaults_AreCountedButNotAllListed()
    {
        var faults = Faults<DeployApp>("{" + string.Join(',', Enumerable.Range(1, 1000).Select(number => $"\"zzzzzzzz{number}\":1")) + "}");

        faults.Count.ShouldBe(51);
        faults[50].ShouldBe("…: There are 950 more faults.");
    }

    [Theory]
    [InlineData("", "It is no JSON: line 1, byte 1.")]
    [InlineData("hello", "It is no JSON: line 1, byte 1.")]
    [InlineData("{\"app\":\n  shop}", "It is no JSON: line 2, byte 3.")]
    [InlineData("{} {}", "It is no JSON: line 1, byte 4.")]
    [InlineData("[]", "It is JSON but no object.")]
    [InlineData("\"app\"", "It is JSON but no object.")]
    [InlineData("null", "It is JSON but no object.")]
    public void Read_NoObject_CannotBeRead(string body, string problem) =>
        Should.Throw<UnreadableMessageException>(() => Read<DeployApp>(body)).Message.ShouldBe(problem);

    [Fact]
    public void Read_NotUtf8_CannotBeRead() =>
        Should.Throw<UnreadableMessageException>(() => CommandReader.Read<DeployApp>(new byte[] { (byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}' }))
            .Message.ShouldBe("It is not valid UTF-8.");

    [Fact]
    public void Read_LargerThanAMebibyte_CannotBeRead() =>
        Should.Throw<UnreadableMessageException>(() => Read<DeployApp>($$"""{"app":"{{new string('a', 1024 * 1024)}}"}"""))
            .Message.ShouldBe("It has 1,048,586 bytes; the largest message has 1,048,576.");

    [Fact]
    public void Read_NestedTooDeep_CannotBeRead() =>
        Should.Throw<UnreadableMessageException>(() => Read<DeployApp>("{\"app\":" + new string('[', 100) + new string(']', 100) + "}")).Message.ShouldStartWith("It is no JSON: ");

    private static IReadOnlyList<string> Faults<TCommand>(string body)
        where TCommand : Command => [.. Read<TCommand>(body).Faults.Select(fault => $"{fault.Field}: {fault.Problem}")];

    private static (TCommand Command, IReadOnlyList<FieldError> Faults) Read<TCommand>(string body)
        where TCommand : Command => CommandReader.Read<TCommand>(Encoding.UTF8.GetBytes(body));
}
