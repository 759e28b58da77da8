using Mambo.Deployer.Registries;

namespace Mambo.Deployer.Tests.Registries;

public sealed class RegistryRefusalTests
{
    [Theory]
    [InlineData("web", "docker.io")]
    [InlineData("you/web:1", "docker.io")]
    [InlineData("ghcr.io/you/web@sha256:00", "ghcr.io")]
    [InlineData("localhost/web", "localhost")]
    [InlineData("registry:5000/web", "registry:5000")]
    public void RegistryOf_Image_IsTheHostInItsNameOrDockerHub(string image, string registry) => RegistryRefusal.RegistryOf(image).ShouldBe(registry);

    [Theory]
    [InlineData("Error response from daemon: Head \"https://ghcr.io/v2/you/web/manifests/1\": unauthorized", true)]
    [InlineData("Error response from daemon: pull access denied for you/web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied", true)]
    [InlineData("Error response from daemon: Head \"http://127.0.0.1:5000/v2/web/manifests/1\": no basic auth credentials", true)]
    [InlineData("Error response from daemon: received unexpected HTTP status: 403 Forbidden", true)]
    [InlineData("Error response from daemon: manifest for ghcr.io/you/web:9 not found: manifest unknown: manifest unknown", false)]
    [InlineData("Error response from daemon: Get \"https://ghcr.io/v2/\": dial tcp: lookup ghcr.io: no such host", false)]
    [InlineData("Error response from daemon: toomanyrequests: You have reached your pull rate limit", false)]
    public void Of_WhatDockerSays_IsARefusalOrNot(string line, bool refused) => (RegistryRefusal.Of(["ghcr.io/you/web:1"], ["web Pulling", line]) is not null).ShouldBe(refused);

    [Fact]
    public void Of_Refusal_SaysWhichRegistryAndTheCommand() => RegistryRefusal.Of(["ghcr.io/you/web:1"], ["unauthorized"])!
        .ShouldEndWith("run on this host: mambo registry login ghcr.io --user NAME");
}
