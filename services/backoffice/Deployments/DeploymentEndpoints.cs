using Mambo.Backoffice.Bundles;
using Mambo.Backoffice.Http;
using Mambo.Backoffice.Tokens;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Configuration;

using Microsoft.OpenApi;

namespace Mambo.Backoffice.Deployments;

/// <summary><c>/api/deployments</c>.</summary>
internal static class DeploymentEndpoints
{
    private const string Tag = "Deployments";
    private const string KeyHeader = "Idempotency-Key";
    private const string ReplayedHeader = "Idempotent-Replayed";

    private static readonly int[] BodyProblems = [StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType];

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/deployments", PostAsync)
            .WithName("requestDeployment").WithTags(Tag).ForScopedTokens()
            .WithSummary("Ask for a deployment")
            .WithDescription("The wish is on disk when this answers; the deployment itself goes on afterwards. Follow it under Location, or by its events.")
            .WithHeader(
                KeyHeader,
                $"1 to {DeploymentRequestReader.LongestKey} visible ASCII characters. The same key with the same body within 24 hours gets the first answer again.",
                "build-4711")
            .Accepts<DeploymentRequest>("application/json")
            .Answers<DeploymentAnswer>(
                StatusCodes.Status202Accepted, "It will be carried out; Location leads to it. With the header Idempotent-Replayed: true it was asked for before.")
            .Problems(BodyProblems).Problems(StatusCodes.Status409Conflict, StatusCodes.Status507InsufficientStorage);

        MapRollBack(api);
        api.MapGet("/deployments", List)
            .WithName("listDeployments").WithTags(Tag)
            .WithSummary("List deployments, newest first")
            .WithQuery("app", JsonSchemaType.String, "Only those of this app.")
            .WithQuery("limit", JsonSchemaType.Integer, "At most so many, 1 to 200. Default: 50.", "int32")
            .Answers<DeploymentList>(StatusCodes.Status200OK, "The deployments.")
            .Problems(StatusCodes.Status400BadRequest);

        api.MapGet("/deployments/{id:guid}", Get)
            .WithName("getDeployment").WithTags(Tag).ForScopedTokens()
            .WithSummary("Look at a deployment")
            .WithPath("id", "The deployment's id.", "uuid")
            .Answers<Deployment>(StatusCodes.Status200OK, "The deployment as the timeline has it now.")
            .Problems(StatusCodes.Status404NotFound);

        api.MapPost("/deployments/{id:guid}/cancel", CancelAsync)
            .WithName("cancelDeployment").WithTags(Tag)
            .WithSummary("Ask for a deployment to stop")
            .WithDescription("What it did is undone and the release before it serves. It may still end otherwise when it was nearly done: its end is told by its state and its events.")
            .WithPath("id", "The deployment's id.", "uuid")
            .Accepts<CancelRequest>(isOptional: true, "application/json")
            .Answers<DeploymentAnswer>(StatusCodes.Status202Accepted, "The host that runs it has been asked to stop it.")
            .Problems(BodyProblems).Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private static void MapRollBack(IEndpointRouteBuilder api) => api.MapPost("/apps/{app}/rollback", RollBackAsync)
        .WithName("rollBackApp").WithTags(Tag)
        .WithSummary("Ask for an app to go back to an earlier release")
        .WithDescription("With the bundle, images and settings of that release. Shortly after a deployment its containers are still there and it takes less than a second.")
        .WithPath("app", "The app's name.")
        .Accepts<RollBackRequest>(isOptional: true, "application/json")
        .Answers<DeploymentAnswer>(StatusCodes.Status202Accepted, "It will be carried out, as a deployment; Location leads to it.")
        .Problems(BodyProblems);

    private static async Task<IResult> RollBackAsync(string app, HttpContext context, DeploymentDesk desk)
    {
        if (await context.Request.ReadBoundedAsync(context.RequestAborted) is not { } body)
            return BoundedBody.TooLarge;
        var errors = new List<FieldError>();
        var request = DeploymentRequestReader.ReadRollBack(app, body, errors);
        return errors.Count > 0 ? Problem.Faulty(errors) : Accepted(context, await desk.RollBackAsync(app, request, context.CallerName()));
    }

    private static async Task<IResult> PostAsync(HttpContext context, DeploymentDesk desk, BundleStore bundles, CiOptions ci)
    {
        if (await context.Request.ReadBoundedAsync(context.RequestAborted) is not { } body)
            return BoundedBody.TooLarge;
        var errors = new List<FieldError>();
        var (caller, digest) = (context.Caller(), DeploymentDesk.DigestOf(body));
        var key = DeploymentRequestReader.ReadKey(context.Request.Headers[KeyHeader], errors);
        if (key is not null && desk.FindRepeat(caller.Name, key, digest) is { } repeat)
            return repeat.Answer is { } earlier && !DeploymentScope.Covers(caller, earlier.App) ? Problem.Forbidden : Answer(context, repeat);

        var request = DeploymentRequestReader.Read(body, bundle => bundles.SizeOf(bundle) is not null, errors);
        if (caller.Scope is { } scope)
        {
            if (errors.All(error => error.Field is not ("app" or "body")) && !DeploymentScope.Covers(caller, request.App))
                return Problem.Forbidden;
            request = DeploymentScope.Narrow(request, scope, ci, errors);
        }

        return errors.Count > 0 ? Problem.Faulty(errors) : Answer(context, await desk.RequestAsync(request, caller.Name, key, digest));
    }

    private static IResult Get(Guid id, HttpContext context, DeploymentTable deployments) =>
        deployments.Find(id) is { } found && DeploymentScope.Sees(context.Caller(), found) ? TypedResults.Json(found) : Problem.NotFound;

    private static IResult List(HttpRequest request, DeploymentTable deployments)
    {
        var query = new QueryFields(request.Query);
        var (app, limit) = (query.App("app"), query.Number("limit", 1, 200));
        return query.Faults() ?? (IResult)TypedResults.Json(new DeploymentList(deployments.Newest(app, (int)(limit ?? 50))));
    }

    private static async Task<IResult> CancelAsync(Guid id, HttpContext context, DeploymentDesk desk)
    {
        if (await context.Request.ReadBoundedAsync(context.RequestAborted) is not { } body)
            return BoundedBody.TooLarge;
        var errors = new List<FieldError>();
        var request = DeploymentRequestReader.ReadCancel(body, errors);
        if (errors.Count > 0)
            return Problem.Faulty(errors);
        return await desk.CancelAsync(id, request.Reason, context.CallerName()) switch
        {
            (CancelAnswer.Sent, { } deployment) => Accepted(context, new DeploymentAnswer(id, deployment.App)),
            (CancelAnswer.AlreadyEnded, _) => Problem.Conflict($"Deployment {id} has ended; there is nothing to stop."),
            _ => Problem.NotFound,
        };
    }

    private static IResult Answer(HttpContext context, DeskAnswer answer)
    {
        if (answer.Answer is not { } accepted)
            return Problem.Conflict($"This {KeyHeader} was used for another body in the last 24 hours. Use a new key for a new wish.");
        if (answer.Replayed)
            context.Response.Headers[ReplayedHeader] = "true";
        return Accepted(context, accepted);
    }

    private static IResult Accepted(HttpContext context, DeploymentAnswer answer)
    {
        context.Response.Headers.Location = $"/api/deployments/{answer.DeploymentId}";
        return TypedResults.Json(answer, statusCode: StatusCodes.Status202Accepted);
    }
}
