using System.Net;

using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Backoffice.Http;

/// <summary>The platform behind this door.</summary>
/// <param name="Name">Prefix of everything the platform makes in Docker.</param>
/// <param name="Host">The host of this door; deployments that name no host go to it.</param>
/// <param name="Version">The platform's version.</param>
/// <param name="Domain">The domain under which apps answer.</param>
/// <param name="Edge">Where the edge answers for them, without a name of an app.</param>
internal sealed record Platform(string Name, string Host, string Version, string Domain, string Edge);

/// <summary><c>/api/platform</c>.</summary>
internal static class PlatformEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/platform", (PlatformIdentity identity, PlatformOptions platform, EdgeOptions edge) =>
                TypedResults.Json(new Platform(identity.Name, identity.Host, identity.Version, platform.Domain, EdgeBase(edge, platform.Domain))))
            .WithName("getPlatform").WithTags("Platform")
            .WithSummary("Look at the platform")
            .Answers<Platform>(StatusCodes.Status200OK, "Its name, host, version and addresses.");

    /// <summary>As people reach it: the domain when the edge listens on every address, and without a port that goes without saying.</summary>
    internal static string EdgeBase(EdgeOptions edge, string domain)
    {
        var listens = ListenAddress.Parse(edge.Listen);
        var host = listens.Address.Equals(IPAddress.Any) ? domain : listens.Address.ToString();
        return new UriBuilder("http", host, edge.PublicPort ?? listens.Port).Uri.GetLeftPart(UriPartial.Authority);
    }
}
