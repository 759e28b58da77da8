using Mambo.Backoffice.Http;

namespace Mambo.Backoffice.Apps;

/// <summary><c>/api/apps</c>.</summary>
internal static class AppEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/apps", (AppTable apps) => TypedResults.Json(apps.All()))
            .WithName("listApps").WithTags("Apps")
            .WithSummary("List the apps, by name")
            .Answers<IReadOnlyList<AppStatus>>(StatusCodes.Status200OK, "The apps.");

        api.MapGet("/apps/{app}", (string app, AppTable apps) => apps.Find(app) is { } found ? TypedResults.Json(found) : (IResult)Problem.NotFound)
            .WithName("getApp").WithTags("Apps")
            .WithSummary("Look at an app")
            .WithPath("app", "The app's name.")
            .Answers<AppStatus>(StatusCodes.Status200OK, "The app as the timeline has it now.")
            .Problems(StatusCodes.Status404NotFound);

        api.MapGet("/apps/{app}/releases", ListReleases)
            .WithName("listReleases").WithTags("Apps")
            .WithSummary("List the releases of an app, newest first")
            .WithPath("app", "The app's name.")
            .Answers<ReleaseList>(StatusCodes.Status200OK, "The releases.")
            .Problems(StatusCodes.Status404NotFound);
    }

    private static IResult ListReleases(string app, AppTable apps) =>
        apps.Releases(app) is { Count: > 0 } releases ? TypedResults.Json(new ReleaseList(releases)) : Problem.NotFound;
}
