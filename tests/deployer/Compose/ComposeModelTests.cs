using Mambo.Deployer.Compose;

namespace Mambo.Deployer.Tests.Compose;

public sealed class ComposeModelTests
{
    [Fact]
    public void Parse_EverythingAPlanLooksAt_IsRead()
    {
        var model = ComposeModel.Parse(
            """
            {"services":{"web":{
              "image":"i","container_name":"c","network_mode":"service:db","pid":"host","ipc":"service:db","userns_mode":"host","privileged":true,
              "ports":[{"host_ip":"127.0.0.1","target":99,"published":"99","protocol":"udp"},{"target":77,"protocol":"tcp"}],
              "volumes":[{"type":"bind","source":"/b/$$x","target":"/conf","read_only":true},{"type":"volume","target":"/a"}],
              "volumes_from":["other:ro","container:stranger:ro"],
              "environment":{"B":"2","A":null},"cap_add":["NET_ADMIN"],"devices":[{"source":"/dev/fuse","target":"/dev/fuse"},"/dev/a:/dev/b"],"device_cgroup_rules":["c 1:3 rwm"],
              "security_opt":["seccomp:unconfined"],"networks":{"default":null,"n":{"ipv4_address":"1.2.3.4"}},
              "depends_on":{"db":{"condition":"service_healthy","required":true}},"restart":"always",
              "deploy":{"replicas":2,"resources":{"limits":{"memory":"134217728"}}},"stop_grace_period":"1m30.5s",
              "configs":[{"source":"c1"}],"secrets":[{"source":"s1","target":"/run/secrets/s1"}]}},
             "networks":{"n":{"external":true}},"volumes":{"v":{}},"configs":{"c1":{"content":"x"}},"secrets":{"s1":{"file":"/x"}}}
            """);

        var web = model.Find("web")!;
        web.ShouldSatisfyAllConditions(
            () => (web.ContainerName, web.Restart, web.Replicas, web.MemoryLimit, web.StopGrace).ShouldBe(("c", "always", 2, 134217728, TimeSpan.FromSeconds(90.5))),
            () => web.HostPorts.ShouldBe(["127.0.0.1:99/udp"]),
            () => web.Mounts.ShouldBe([new ComposeMount("bind", "/b/$x", "/conf", true), new ComposeMount("volume", null, "/a", false)]),
            () => web.EnvironmentKeys.ShouldBe(["A", "B"]),
            () => web.FixedAddresses.ShouldBe(["n"]),
            () => web.DependsOn.ShouldBe(new Dictionary<string, string> { ["db"] = "service_healthy" }),
            () => web.Joins.ShouldBe(["db", "other"]),
            () => (web.Configs[0], web.Secrets[0]).ShouldBe(("c1", "s1")),
            () => (web.Privileges.Privileged, web.Privileges.NetworkMode, web.Privileges.Namespaces["pid"]).ShouldBe((true, "service:db", "host")),
            () => web.Privileges.Devices.ShouldBe(["/dev/fuse", "/dev/a", "c 1:3 rwm"]),
            () => web.Privileges.VolumesOfContainers.ShouldBe(["stranger"]));
        (model.Networks.Count, model.Volumes.Count, model.Configs.Count, model.Secrets.Count).ShouldBe((1, 1, 1, 1));
    }

    [Theory]
    [InlineData("10s", 10)]
    [InlineData("1h2m", 3720)]
    [InlineData("500ms", 0.5)]
    [InlineData("0s", 0)]
    public void StopGrace_DurationOfGo_IsRead(string text, double seconds) =>
        ComposeModel.Parse("""{"services":{"web":{"stop_grace_period":"TIME"}}}""".Replace("TIME", text, StringComparison.Ordinal)).Find("web")!.StopGrace.ShouldBe(TimeSpan.FromSeconds(seconds));
}
