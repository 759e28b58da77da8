using Mambo.TestEnvironment;

namespace Mambo.Deployer.Tests;

/// <summary>Bundles for what <see cref="Bundle.WebApp"/> does not cover.</summary>
internal static class Apps
{
    /// <summary>One routed service without a health check, with further lines in its compose file.</summary>
    public static Bundle Of(string app, params string[] lines) => Bundle.Of(("compose.yml",
        $$"""
        services:
          web:
            image: mambo-web:local
            labels:
              traefik.enable: "true"
              traefik.http.routers.{{app}}.rule: "Host(`{{app}}.localhost`)"
            stop_grace_period: 0s
        {{string.Join('\n', lines.Select(line => $"    {line}"))}}

        """));
}
