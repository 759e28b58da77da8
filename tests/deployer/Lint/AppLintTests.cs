using Mambo.Deployer.Compose;
using Mambo.Deployer.Lint;
using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Tests.Lint;

/// <summary>What <see cref="Bundles.HostileBundlesTests"/> does not show: what is allowed, and what is only a warning.</summary>
public sealed class AppLintTests
{
    [Theory]
    [InlineData("""{"privileged":true}""", "privileged")]
    [InlineData("""{"volumes":[{"type":"bind","source":"/var/run/docker.sock","target":"/s"}]}""", "dockerSocket")]
    [InlineData("""{"network_mode":"host"}""", "hostNetwork")]
    [InlineData("""{"network_mode":"other_default"}""", "external")]
    [InlineData("""{"pid":"host"}""", "hostNamespaces")]
    [InlineData("""{"uts":"host"}""", "hostNamespaces")]
    [InlineData("""{"userns_mode":"host"}""", "hostNamespaces")]
    [InlineData("""{"cap_add":["SYS_ADMIN"]}""", "capabilities")]
    [InlineData("""{"devices":[{"source":"/dev/fuse"}]}""", "devices")]
    [InlineData("""{"gpus":[{"count":-1}]}""", "devices")]
    [InlineData("""{"deploy":{"resources":{"reservations":{"devices":[{"count":1}]}}}}""", "devices")]
    [InlineData("""{"security_opt":["apparmor=unconfined"]}""", "unconfined")]
    [InlineData("""{"security_opt":["label:disable"]}""", "unconfined")]
    [InlineData("""{"post_start":[{"command":["x"],"privileged":true}]}""", "privileged")]
    public void Of_Reach_IsAFaultUntilTheOwnerAllowsIt(string service, string permission)
    {
        Of(service).Faults.ShouldHaveSingleItem().Problem.ShouldContain($"allow: [{permission}]");
        Of(service, new AppPermissions { Allow = [permission] }).Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/srv/media", true)]
    [InlineData("/srv/media/films", true)]
    [InlineData("/srv/media/../secret", false)]
    [InlineData("/srv/media2", false)]
    [InlineData("/srv", false)]
    public void Of_PathOfTheHost_IsAllowedWithAllBelowIt(string source, bool allowed) =>
        Of($$$"""{"volumes":[{"type":"bind","source":"{{{source}}}","target":"/x"}]}""", new AppPermissions { HostPaths = ["/srv/media/"] }).Faults.Count.ShouldBe(allowed ? 0 : 1);

    [Theory]
    [InlineData("""{"ports":[{"target":80,"published":"8080","protocol":"tcp"}]}""", "web takes the host's 8080/tcp although it is routed")]
    [InlineData("""{"container_name":"shop"}""", "web has the fixed container_name shop although it is routed")]
    public void Of_RoutedServiceThatCannotBeRolled_IsAWarning(string service, string warning)
    {
        Of(service).Warnings.ShouldHaveSingleItem().ShouldStartWith(warning);
        Of(service).Faults.ShouldBeEmpty();
        Of(service, routed: false).Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"cap_add":["CHOWN","CAP_SETGID","net_bind_service"],"security_opt":["no-new-privileges:true"],"network_mode":"none"}""")]
    [InlineData("""{"volumes":[{"type":"bind","source":"/bundle/conf","target":"/c"},{"type":"volume","source":"data","target":"/d"},{"type":"tmpfs","target":"/t"}]}""")]
    [InlineData("""{"restart":"no","labels":{"mambo.job":"pre-deploy"}}""")]
    [InlineData("""{"labels":{"mambo.rollout":"recreate"}}""")]
    public void Of_WhatAnAppMayDo_IsFine(string service)
    {
        var lint = Of(service, routed: false);

        (lint.Faults.Count, lint.Warnings.Count).ShouldBe((0, 0));
    }

    [Fact]
    public void IsInside_LinkAContainerPutThere_LeadsOut()
    {
        var bundle = Directory.CreateTempSubdirectory("mambo-lint-").FullName;
        try
        {
            File.CreateSymbolicLink(Path.Combine(bundle, "out"), "/etc");
            File.CreateSymbolicLink(Path.Combine(bundle, "in"), "./deep/../there");
            File.CreateSymbolicLink(Path.Combine(bundle, "loop"), "loop");

            BundlePath.IsInside(bundle, Path.Combine(bundle, "out/shadow")).ShouldBeFalse();
            BundlePath.IsInside(bundle, Path.Combine(bundle, "loop")).ShouldBeFalse();
            BundlePath.IsInside(bundle, Path.Combine(bundle, "in/x")).ShouldBeTrue();
            BundlePath.IsInside(bundle, "there/x").ShouldBeTrue();
            BundlePath.IsInside(bundle, $"{bundle}2").ShouldBeFalse();
        }
        finally
        {
            Directory.Delete(bundle, recursive: true);
        }
    }

    private static AppLint Of(string service, AppPermissions? allowed = null, bool routed = true) => AppLint.Of(
        ComposeModel.Parse("""{"services":{"web":SERVICE},"volumes":{"data":{"name":"mambo-shop_data"}}}""".Replace("SERVICE", service, StringComparison.Ordinal)),
        new ComposeProject("mambo-shop", "/bundle", ["/bundle/compose.yml"], new Dictionary<string, string>()),
        routed ? [new AppRoute("a.b", "/", "web", 80, 1, null)] : [],
        allowed ?? new AppPermissions());
}
