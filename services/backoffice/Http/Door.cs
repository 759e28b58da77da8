using Mambo.Backoffice.Apps;
using Mambo.Backoffice.Bundles;
using Mambo.Backoffice.Ci;
using Mambo.Backoffice.Dashboard;
using Mambo.Backoffice.Deployments;
using Mambo.Backoffice.Timeline;
using Mambo.Backoffice.Tokens;
using Mambo.ServiceDefaults.Hosts;

namespace Mambo.Backoffice.Http;

/// <summary>The HTTP door: everything that comes by the API's listener, and nothing that comes by another.</summary>
internal static class Door
{
    public static void Map(WebApplication app) => app.MapWhen(context => context.CameBy(Listeners.Api), door =>
    {
        door.Use((context, next) =>
        {
            // Another service of the process may have routes of its own, such as the edge's for every path; they are not behind this door.
            context.SetEndpoint(null);
            return next(context);
        });
        door.UseMiddleware<FaultAnswers>();
        door.UseMiddleware<DashboardGate>();
        door.UseMiddleware<TokenGate>();
        door.UseRouting();
        door.UseMiddleware<ScopeGate>();
        door.UseEndpoints(routes =>
        {
            var api = routes.MapGroup("/api").Problems(StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests);
            PlatformEndpoints.Map(api);
            BundleEndpoints.Map(api);
            DeploymentEndpoints.Map(api);
            AppEndpoints.Map(api);
            TimelineEndpoints.Map(api);
            ApiTokenEndpoints.Map(api);
            CiEndpoints.Map(api);
            routes.MapOpenApi(ApiDescription.Path);
        });
    });
}
