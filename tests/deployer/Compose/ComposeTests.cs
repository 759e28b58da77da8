using System.Diagnostics;

using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;

namespace Mambo.Deployer.Tests.Compose;

public sealed class ComposeTests
{
    private static readonly ComposeProject Project = new("mambo-shop", "/b", ["/b/compose.yml", "/r/images.yml"], new Dictionary<string, string> { ["MAMBO_APP"] = "shop" });

    private const string Prefix = "docker compose --ansi never --progress plain --project-name mambo-shop --project-directory /b --file /b/compose.yml --file /r/images.yml ";

    [Fact]
    public void Commands_OfAProject_AreTheseLines()
    {
        ComposeCommands.Config(Project).ToString().ShouldBe(Prefix + "config --format json");
        ComposeCommands.Pull(Project).ToString().ShouldBe(Prefix + "pull --policy missing --ignore-buildable");
        ComposeCommands.Up(Project, [], TimeSpan.FromSeconds(89.2)).ToString().ShouldBe(Prefix + "up --detach --wait --wait-timeout 90 --remove-orphans --no-build");
        ComposeCommands.Down(Project).ToString().ShouldBe(Prefix + "down --remove-orphans");
        // Only what changes a project may be ended as a leftover.
        ComposeCommands.Config(Project).Environment.ShouldBe(new Dictionary<string, string> { ["MAMBO_APP"] = "shop" });
        ComposeCommands.Up(Project, [], default).Environment.ShouldBe(new Dictionary<string, string> { ["MAMBO_APP"] = "shop", ["MAMBO_PROJECT"] = "mambo-shop" }, ignoreOrder: true);
    }

    [Fact]
    public void Parse_WhatComposePrints_KeepsWhatMatters()
    {
        var model = ComposeModel.Parse(
            """
            {"name":"x","services":{
              "web":{"image":"i:1","labels":{"a":"$$1","b":null},"expose":["80","9000-9001","53/udp"],"healthcheck":{"test":["CMD","true"]}},
              "job":{"build":{"context":"."},"healthcheck":{"disable":true}},
              "old":{"image":"i:2","healthcheck":{"test":["NONE"]}}}}
            """);

        model.Services.Select(service => service.Name).ShouldBe(["job", "old", "web"]);
        var web = model.Find("web")!;
        (web.Image, web.HasHealthCheck, web.Labels["a"], web.Labels["b"]).ShouldBe(("i:1", true, "$1", ""));
        web.Expose.ShouldBe([80]);
        (model.Find("job")!.Image, model.Find("job")!.HasHealthCheck, model.Find("old")!.HasHealthCheck).ShouldBe((null, false, false));
        model.WithImages(new Dictionary<string, string> { ["job"] = "i:3" }).Find("job")!.Image.ShouldBe("i:3");
    }

    [Theory]
    [InlineData("p-web-1", "")]
    [InlineData("0123456789ab_p-web-1", "0123456789ab_p-web-1 becomes p-web-1")]
    [InlineData("0123456789ab_p-web-1 p-web-1", "0123456789ab_p-web-1 goes")]
    [InlineData("p-web-1 0123456789ab_p-web-1 0123456789ab_p-api-1", "0123456789ab_p-web-1 goes, 0123456789ab_p-api-1 becomes p-api-1")]
    [InlineData("0123456789ab_p-web-1 ba9876543210_p-web-1", "0123456789ab_p-web-1 becomes p-web-1, ba9876543210_p-web-1 goes")]
    [InlineData("0123456789ab_other", "")]
    public void HalfRecreated_Containers_AreRenamedWhenTheOldOneIsGoneElseRemoved(string names, string expected) => string.Join(", ", HalfRecreated
        .In([.. names.Split(' ').Select(name => new AppContainer(name, name, "p", "web", "created", null, ExitedWell: false, OneOff: false))])
        .Select(one => one.Name is null ? $"{one.Id} goes" : $"{one.Id} becomes {one.Name}")).ShouldBe(expected);

    [Theory]
    [InlineData(" Container x-web-1  Creating", false)]
    [InlineData(" Container x-web-1  Waiting", false)]
    [InlineData(" Container x-web-1  Created", true)]
    [InlineData(" Container x-web-1  Healthy", true)]
    [InlineData(" abc Downloading [==>   ] 1MB/2MB", false)]
    [InlineData(" web Skipped - Image is already present locally", false)]
    [InlineData(" web Pulled ", true)]
    [InlineData("container x-web-1 is unhealthy", true)]
    [InlineData("  ", false)]
    public void IsProgress_Line_LeavesOutWhatIsOnlyUnderway(string line, bool kept) => ComposeOutput.IsProgress(line).ShouldBe(kept);

    [Fact]
    public void Warnings_UnsetVariable_IsForPeople() => ComposeOutput.Warnings(
        ["""time="2026-11-25T03:00:00Z" level=warning msg="The \"X\" variable is not set. Defaulting to a blank string." """.TrimEnd(), "other"])
        .ShouldBe(["The \"X\" variable is not set. Defaulting to a blank string."]);

    [Fact]
    public void End_CommandThatOutlivedItsParent_IsEndedAndOthersAreNot()
    {
        using var ours = Sleep("mambo-leftover-test");
        using var other = Sleep("mambo-leftover-test-2");
        try
        {
            Leftovers.End("mambo-leftover-test", TimeSpan.FromMilliseconds(100)).ShouldBe([ours.Id]);

            ours.WaitForExit(5000).ShouldBeTrue();
            other.HasExited.ShouldBeFalse();
        }
        finally
        {
            other.Kill();
        }
    }

    private static Process Sleep(string project)
    {
        var start = new ProcessStartInfo("sleep", ["60"]) { Environment = { [ComposeCommands.ProjectVariable] = project } };
        var process = Process.Start(start)!;
        // The kernel shows a new program's environment a moment after the program has begun.
        SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{process.Id}/environ").Contains(project, StringComparison.Ordinal), TimeSpan.FromSeconds(10)).ShouldBeTrue();
        return process;
    }
}
