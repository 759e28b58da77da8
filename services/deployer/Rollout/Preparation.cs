using System.Text.Json;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Acceptance;
using Mambo.Deployer.Bundles;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Edge;
using Mambo.Deployer.Lint;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;
using Mambo.ServiceDefaults.Names;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>
/// The first step, <c>unpack</c> or <c>recall</c>: makes a release out of a command, or finds the one to go back to. Whatever is wrong is a rejection, since nothing that runs
/// has been touched.
/// </summary>
internal sealed class Preparation(ReleaseLedger ledger, ReleaseFolders folders, BundleStore bundles, ComposeCli compose, IEdge edge, DeployerOptions options)
{
    /// <summary>Compose reads a file within a second; what takes longer does so on purpose.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

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

        var (content, model, warnings) = await ReadAsync(app, bundle, images, cancellationToken);
        (state.Model, state.Warnings) = (model, warnings);
        state.Release = new Release { App = app, Number = await ledger.TakeNumberAsync(app, operation.Id, bundle), DeploymentId = operation.Id, Bundle = bundle, Content = content };
        operation.Progress($"release {state.Release.Number}: {Count(model.Services.Count, "service")}, {Count(content.Routes.Count, "route")}");
    }

    public async Task RecallAsync(OperationContext<RollBackApp, RollOutState> operation, CancellationToken cancellationToken)
    {
        var (app, wanted, state) = (operation.Subject, operation.Command.ToRelease, operation.State);
        state.Previous = ledger.Current(app) ?? throw Rejected([new FieldError("app", $"{app} has no release. Deploy it first.")]);
        var kept = ledger.Served(app).Where(release => release.Number != state.Previous.Number && Directory.Exists(folders.Release(release))).ToList();
        var target = wanted is null ? kept.LastOrDefault(release => release.Number < state.Previous.Number) : kept.FirstOrDefault(release => release.Number == wanted);
        if (target is null)
            throw Rejected([new FieldError("toRelease", Missing(app, wanted, state.Previous.Number, kept))]);

        // As it ran, also where a tag has moved since.
        var images = target.Content.Images.ToDictionary(image => image.Key, image => image.Value.CanBePulled || image.Value.Id.Length == 0 ? image.Value.Reference : image.Value.Id);
        var (content, model, warnings) = await ReadAsync(app, target.Bundle, images, cancellationToken);
        (state.Model, state.Warnings) = (model, warnings);
        state.Release = target with { Content = content with { Slots = target.Content.Slots } };
        operation.Progress($"back from release {state.Previous.Number} to {target.Number}");
    }

    private async Task<(ReleaseContent Content, ComposeModel Model, List<string> Warnings)> ReadAsync(
        string app, string bundle, Dictionary<string, string> images, CancellationToken cancellationToken)
    {
        if (!BundleDigest.TryParse(bundle, out var digest, out var problem))
            throw Rejected([new FieldError("bundle", problem)]);
        var unpackedBefore = bundles.IsUnpacked(app, digest);
        var composeFile = await UnpackAsync(app, digest, cancellationToken);
        try
        {
            return await ReadAsync(app, folders.Project(app, bundle, composeFile), composeFile, images, cancellationToken);
        }
        catch (OperationFailedException) when (!unpackedBefore)
        {
            // Nothing came of it; retention looks only at what releases left.
            bundles.Discard(app, digest);
            throw;
        }
    }

    private async Task<(ReleaseContent Content, ComposeModel Model, List<string> Warnings)> ReadAsync(
        string app, ComposeProject project, string composeFile, Dictionary<string, string> images, CancellationToken cancellationToken)
    {
        var allowed = options.Apps.GetValueOrDefault(app) ?? new AppPermissions();
        if (ComposeSource.Check(project.Directory, composeFile, allowed) is { Count: > 0 } unreadable)
            throw Rejected(unreadable);
        var (model, warnings) = await ModelAsync(project, cancellationToken);
        var faults = Check(model, images).ToList();
        model = model.WithImages(images);
        var routes = edge.RoutesOf(model);
        var lint = AppLint.Of(model, project, routes.Routes, allowed);
        faults.AddRange([.. routes.Faults, .. routes.Conflicts(address => edge.OwnerOf(address, app)), .. lint.Faults]);
        if (faults.Count > 0)
            throw Rejected(faults);
        return (new ReleaseContent { ComposeFile = composeFile, ImageOverrides = images, Routes = routes.Routes }, model, [.. warnings, .. routes.Warnings, .. lint.Warnings]);
    }

    private static string Missing(string app, int? wanted, int current, List<Release> kept)
    {
        var choice = kept.Count == 0 ? "No other is kept." : $"Kept are {string.Join(", ", kept.Select(release => release.Number))}.";
        return wanted == current ? $"{app} serves release {current} already. {choice}"
            : wanted is null ? $"{app} has no release before {current} to go back to. {choice}"
            : $"{app} has no release {wanted} to go back to. {choice}";
    }

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    public static OperationFailedException Rejected(IReadOnlyList<FieldError> faults) =>
        new(new Failure(nameof(DeploymentFailureReason.Rejected), Rejection.Sentence("The deployment was rejected", faults)) { Errors = faults });

    private async Task<string> UnpackAsync(string app, BundleDigest digest, CancellationToken cancellationToken)
    {
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
        var file = Path.GetFileName(project.Files[0]);
        CommandResult result;
        try
        {
            result = await compose.ReadAsync(ComposeCommands.Config(project) with { Timeout = Patience }, cancellationToken);
        }
        catch (CommandFailedException late) when (late.TimedOut)
        {
            throw Rejected([new FieldError(file, $"Compose has not read it within {Patience.TotalSeconds:0} seconds. Make it smaller.")]);
        }

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
