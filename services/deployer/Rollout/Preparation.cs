using System.Text.Json;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Acceptance;
using Mambo.Deployer.Bundles;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Edge;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Names;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>The step <c>unpack</c>: makes a release out of a command. Whatever is wrong is a rejection, since nothing that runs has been touched.</summary>
internal sealed class Preparation(ReleaseLedger ledger, ReleaseFolders folders, BundleStore bundles, ComposeCli compose, EmbeddedEdge edge)
{
    public async Task PrepareAsync(OperationContext<DeployApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        var (app, command, state) = (operation.Subject, operation.Command, operation.State);
        state.Previous = ledger.Current(app);
        var bundle = command.Bundle ?? state.Previous?.Bundle ?? throw Rejected(
            [new FieldError("app", $"{app} is an unknown app: it has no release whose bundle could be used. Deploy it with a bundle first.")]);

        // New images for the running bundle leave the images of its other services as they are.
        var images = new Dictionary<string, string>(command.Bundle is null ? state.Previous!.Content.ImageOverrides : new Dictionary<string, string>());
        foreach (var (service, image) in command.Images ?? new Dictionary<string, string>())
            images[service] = image;

        var composeFile = await UnpackAsync(app, bundle, cancellationToken);
        var (model, warnings) = await ModelAsync(folders.Project(app, bundle, composeFile), cancellationToken);
        var faults = Check(model, images).ToList();
        model = model.WithImages(images);
        var routes = AppRoutes.Of(model);
        faults.AddRange(routes.Faults);
        faults.AddRange(routes.Conflicts(address => edge.Table.OwnerOf(address, app)));
        if (faults.Count > 0)
            throw Rejected(faults);

        state.Release = new Release
        {
            App = app,
            Number = await ledger.TakeNumberAsync(app, operation.Id, bundle),
            DeploymentId = operation.Id,
            Bundle = bundle,
            Content = new ReleaseContent
            {
                ComposeFile = composeFile,
                ImageOverrides = images,
                Services = [.. model.Services.Select(service => service.Name)],
                Routes = routes.Routes,
            },
        };
        state.Images = model.Services.ToDictionary(service => service.Name, service => service.Image!);
        state.Unchecked = [.. model.Services.Where(service => !service.HasHealthCheck).Select(service => service.Name)];
        state.Warnings = [.. warnings, .. routes.Warnings];
        folders.Write(state.Release);
        operation.Progress($"release {state.Release.Number}: {model.Services.Count} {(model.Services.Count == 1 ? "service" : "services")}, {routes.Routes.Count} {(routes.Routes.Count == 1 ? "route" : "routes")}");
    }

    public static OperationFailedException Rejected(IReadOnlyList<FieldError> faults) =>
        new(new Failure(nameof(DeploymentFailureReason.Rejected), Rejection.Sentence("The deployment was rejected", faults)) { Errors = faults });

    private async Task<string> UnpackAsync(string app, string bundle, CancellationToken cancellationToken)
    {
        if (!BundleDigest.TryParse(bundle, out var digest, out var problem))
            throw Rejected([new FieldError("bundle", problem)]);
        try
        {
            return await bundles.UnpackAsync(app, digest, cancellationToken);
        }
        catch (BundleFault fault)
        {
            throw Rejected([new FieldError("bundle", fault.Message)]);
        }
    }

    private async Task<(ComposeModel Model, IEnumerable<string> Warnings)> ModelAsync(ComposeProject project, CancellationToken cancellationToken)
    {
        var result = await compose.ReadAsync(ComposeCommands.Config(project), cancellationToken);
        var file = Path.GetFileName(project.Files[0]);
        if (!result.Succeeded)
        {
            var fault = new FieldError(file, $"Compose does not take it: {string.Join(' ', result.ErrorTail)}");
            throw new OperationFailedException(new Failure(nameof(DeploymentFailureReason.Rejected), Rejection.Sentence("The deployment was rejected", [fault]))
            {
                Errors = [fault],
                ExitCode = result.ExitCode,
                Output = result.ErrorTail,
            });
        }

        try
        {
            return (ComposeModel.Parse(result.StandardOutput), ComposeOutput.Warnings(result.ErrorTail));
        }
        catch (JsonException error)
        {
            throw Rejected([new FieldError(file, $"What compose makes of it cannot be read: {error.Message}")]);
        }
    }

    private static IEnumerable<FieldError> Check(ComposeModel model, Dictionary<string, string> images)
    {
        if (model.Services.Count == 0)
            yield return new FieldError("services", "The compose file has none (those of a profile that is not active do not count).");
        foreach (var name in images.Keys.Where(name => model.Find(name) is null).Order(StringComparer.Ordinal))
            yield return new FieldError($"images.{name}", $"The compose file has no service {name}. It has {string.Join(", ", model.Services.Select(service => service.Name))}.");
        foreach (var service in model.Services.Where(service => service.Image is null && !images.ContainsKey(service.Name)))
            yield return new FieldError($"services.{service.Name}.image", "It is missing. Nothing is built on this host: build in CI, push, and name the image.");
    }
}
