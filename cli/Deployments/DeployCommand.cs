using System.CommandLine;
using System.Text.Json;

using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;

namespace Mambo.Cli.Deployments;

/// <summary><c>mambo deploy</c>.</summary>
internal sealed class DeployCommand : CliCommand
{
    private readonly Argument<string?> _folder = new("folder") { Description = "An app's folder, with its compose.yml", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<string[]> _apps = new("--app") { Description = "The app's name, as often as needed. Default: the folder's name", HelpName = "name" };

    private readonly Option<string[]> _images = new("--image") { Description = "A new image for a service, as often as needed; without a folder, for the bundle that serves", HelpName = "service=reference" };

    private readonly Option<string?> _commit = new("--commit") { Description = "The commit it was built from, for the timeline", HelpName = "sha" };

    private readonly Option<long?> _generation = new("--generation") { Description = "Orders deployments whatever order they arrive in, such as the number of the CI run: an older one never comes after a newer", HelpName = "number" };

    private readonly Option<string?> _preview = new("--preview") { Description = "Deploy a preview instead, an app of its own that goes by itself: pr-12 of shop is shop-pr-12", HelpName = "name" };

    private readonly Option<string?> _ttl = new("--ttl") { Description = "How long the preview stays from now on, such as 12h or 3d; at most 30d. Default: 3d", HelpName = "time" };

    private readonly Option<bool> _wait = new("--wait", "-w") { Description = "Show its steps and end as it ends: exit code 0 only when the release serves" };

    private readonly Option<string> _timeout = new("--timeout") { Description = "The longest to wait: 90s, 15m, 1h", HelpName = "time", DefaultValueFactory = _ => "15m" };

    public DeployCommand(Globals globals)
        : base(globals, "deploy", "Bring an app to a new release: a folder, or new images for what it runs",
            "mambo deploy ./shop --wait                                        the folder ./shop as the app shop",
            "mambo deploy ./shop --app shop-test --wait                        under another name",
            "mambo deploy ./shop --preview pr-12 --ttl 3d                      a preview for a pull request",
            "mambo deploy --app shop --image web=ghcr.io/you/shop@sha256:…     new images, same bundle",
            "mambo deploy ./shop --commit \"$GITHUB_SHA\" --wait                 in CI, with MAMBO_API and MAMBO_TOKEN set")
    {
        _timeout.Validators.Add(result =>
        {
            if (!HumanTime.TryParse(result.GetValueOrDefault<string>() ?? "", out _))
                result.AddError("--timeout must be a whole number and s, m or h, such as 90s or 15m, up to 168h.");
        });
        Add(_folder);
        foreach (var option in (Option[])[_apps, _images, _commit, _generation, _preview, _ttl, _wait, _timeout])
            Add(option);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var (screen, time) = (session.Screen, session.Surroundings.Time);
        var folder = parsed.GetValue(_folder) is { } path ? session.Surroundings.FullPath(path) : null;
        var request = DeployRequest.Of(folder, parsed.GetValue(_apps) ?? [], parsed.GetValue(_images) ?? [], parsed.GetValue(_commit), parsed.GetValue(_generation)) with
        {
            Preview = parsed.GetValue(_preview),
            Ttl = parsed.GetValue(_ttl),
        };
        _ = HumanTime.TryParse(parsed.GetRequiredValue(_timeout), out var limit);

        using var door = session.OpenDoor();
        var bundle = request.Folder is null ? null : await BundleUpload.SendAsync(screen, door, request.Folder, time, ct);
        var deployment = new Deployment(screen, door, time);
        var accepted = new List<AcceptedDocument>();
        foreach (var app in request.Apps)
            accepted.Add(await deployment.RequestAsync(app, bundle, request, ct));

        if (!parsed.GetValue(_wait))
        {
            Print(screen, accepted);
            screen.Line($"  Follow it: mambo events --follow --app {accepted[0].App}");
            return ExitCode.Done;
        }

        var ended = new List<JsonElement>();
        foreach (var one in accepted)
            ended.Add(await deployment.WaitAsync(one, limit, ct));
        Print(screen, ended);
        return ended.All(Deployment.Succeeded) ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>One app is one object, several are an array: always one document.</summary>
    private static void Print<T>(Screen screen, IReadOnlyList<T> documents)
    {
        if (!screen.IsJson)
            return;
        if (documents is [var single])
            screen.Json(single);
        else
            screen.Json(documents);
    }
}
