using Mambo.Backoffice.Http;
using Mambo.Backoffice.Tokens;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Backoffice.Deployments;

/// <summary>What a token for one app may ask for and see. Pure.</summary>
internal static class DeploymentScope
{
    /// <summary>Whether it is the token's app.</summary>
    public static bool Covers(Caller caller, string app) => caller.Scope is null || caller.Scope.App == app;

    /// <summary>CI sees what its own job asked for; a token of the owner's sees its app.</summary>
    public static bool Sees(Caller caller, Deployment deployment) =>
        Covers(caller, deployment.App) && (caller.Scope is not { IsOfCi: true } || deployment.RequestedBy == caller.Name);

    /// <summary>The request as CI may make it: of the commit its token is for, which need not be said, and with images that cannot come to mean others.</summary>
    public static DeploymentRequest Narrow(DeploymentRequest request, Scope scope, CiOptions ci, List<FieldError> errors)
    {
        if (!scope.IsOfCi)
            return request;
        if (request.Commit is { } commit && commit != scope.Commit)
            errors.Add(new FieldError("commit", "It is not the commit of the token. Leave it out, or write the whole commit the job runs for."));
        foreach (var (service, image) in request.Images ?? new Dictionary<string, string>())
        {
            if (!ci.AllowTags && ImageReference.TryParse(image, out var reference, out _) && !reference.HasDigest)
                errors.Add(new FieldError($"images.{JsonFields.Plain(service)}", $"{Quoted.Text(image)} has no digest. Write name@sha256:…, which always means the same image, or set ci.allowTags."));
        }

        return request with { Commit = scope.Commit };
    }
}
