using Mambo.Backoffice.Deployments;
using Mambo.Backoffice.Http;
using Mambo.Backoffice.Tokens;
using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Apps;

/// <summary>What can be asked for of an app as a whole, under <c>/api/apps/{app}</c>. Each is answered as a deployment is, and followed like one.</summary>
internal static class AppCommandEndpoints
{
    private static readonly int[] Refusals = [StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType];

    public static void Map(IEndpointRouteBuilder api)
    {
        Map<AppRequest>(
            api, "start", "Ask for a stopped app to start", "With the release it had. It also starts when it is deployed.", DeploymentKind.Start, AppRequestReader.Read<StartApp>);
        Map<AppRequest>(
            api, "stop", "Ask for an app to stop", "The edge says so until it is started or deployed. Its data stays.", DeploymentKind.Stop, AppRequestReader.Read<StopApp>);
        Map<AppRequest>(
            api, "restart", "Ask for an app to get new containers of the release it runs", "Beside the old ones where a service can run twice at once, else in their place.",
            DeploymentKind.Restart, AppRequestReader.Read<RestartApp>);
        Map<RemovalRequest>(
            api, "remove", "Ask for an app to be removed", "Routes, containers, networks and files go; volumes only if volumes is true. The timeline keeps what it was.",
            DeploymentKind.Remove, AppRequestReader.ReadRemoval);
        Map<AppRequest>(
            api, "unlock", "Ask for the lock of an app to be taken off", "One that is not locked stays so.", DeploymentKind.Unlock, AppRequestReader.Read<UnlockApp>);
        Describe<LockRequest>(
            api.MapPost("/apps/{app}/lock", (string app, HttpContext context, DeploymentDesk desk, TimeProvider time) =>
                AnswerAsync(app, context, desk, DeploymentKind.Lock, (name, body, errors) => AppRequestReader.ReadLock(name, body, time.GetUtcNow(), errors))),
            "lock", "Ask for an app to be locked", "Deployments, rollbacks and its removal are rejected until it is unlocked or the time has passed.", bodyIsOptional: false);
    }

    private static void Map<TBody>(
        IEndpointRouteBuilder api, string verb, string summary, string description, DeploymentKind kind, Func<string, ReadOnlyMemory<byte>, List<FieldError>, AppCommand> read)
        where TBody : notnull => Describe<TBody>(
        api.MapPost($"/apps/{{app}}/{verb}", (string app, HttpContext context, DeploymentDesk desk) => AnswerAsync(app, context, desk, kind, read)),
        verb, summary, description, bodyIsOptional: true);

    private static void Describe<TBody>(RouteHandlerBuilder route, string verb, string summary, string description, bool bodyIsOptional)
        where TBody : notnull => route
        .WithName($"{verb}App").WithTags("Apps")
        .WithSummary(summary).WithDescription(description)
        .WithPath("app", "The app's name.")
        .Accepts<TBody>(bodyIsOptional, "application/json")
        .Answers<DeploymentAnswer>(StatusCodes.Status202Accepted, "It will be carried out, in turn with the app's deployments; Location leads to it.")
        .Problems(Refusals);

    private static async Task<IResult> AnswerAsync(
        string app, HttpContext context, DeploymentDesk desk, DeploymentKind kind, Func<string, ReadOnlyMemory<byte>, List<FieldError>, AppCommand> read)
    {
        if (await context.Request.ReadBoundedAsync(context.RequestAborted) is not { } body)
            return BoundedBody.TooLarge;
        var errors = new List<FieldError>();
        var command = read(app, body, errors);
        return errors.Count > 0 ? Problem.Faulty(errors) : DeploymentEndpoints.Accepted(context, await desk.RequestAsync(command, kind, context.CallerName()));
    }
}
