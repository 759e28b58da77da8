using Mambo.Deployer.Compose;
using Mambo.Deployer.Lint;
using Mambo.Deployer.Plan;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;
using Mambo.TestEnvironment;

namespace Mambo.Deployer.Tests.Plan;

/// <summary>The apps of this repository, as the real compose reads them.</summary>
[Trait("Needs", "Docker")]
public sealed class SampleAppsTests
{
    [Theory]
    [InlineData("_TEMPLATE", "web")]
    [InlineData("mambo-cloud", "lab,staging,www")]
    [InlineData("cyberdyne", "web")]
    [InlineData("dental-io", "live,web")]
    public async Task Lint_OfASampleApp_FindsNothing(string app, string routed)
    {
        var (model, project) = await ReadAsync(app);
        var routes = AppRoutes.Of(model);
        var lint = AppLint.Of(model, project, routes.Routes, new AppPermissions());

        ComposeSource.Check(project.Directory, "compose.yml", new AppPermissions()).ShouldBeEmpty();
        lint.Faults.ShouldBeEmpty();
        lint.Warnings.ShouldBeEmpty();
        string.Join(',', routes.Routes.Select(route => route.Service).Distinct().Order()).ShouldBe(routed);
    }

    [Theory]
    [InlineData("cyberdyne", "", "", "db Untouched, migrate Untouched, web Untouched")]
    [InlineData("cyberdyne", "CYBERDYNE_WEB_IMAGE", "web:2", "db Untouched, migrate Job, web Rolled")]
    [InlineData("cyberdyne", "CYBERDYNE_DB_IMAGE", "postgres:18-alpine", "db Recreated, migrate Job, web Untouched")]
    [InlineData("dental-io", "DENTAL_WEB_IMAGE", "web:2", "live Untouched, web Rolled")]
    [InlineData("dental-io", "DENTAL_LIVE_IMAGE", "live:2", "live Rolled, web Untouched")]
    [InlineData("mambo-cloud", "MAMBO_WEB_IMAGE", "web:2", "lab Rolled, staging Rolled, www Rolled")]
    public async Task Plan_OfASampleApp_TouchesWhatItMust(string app, string variable, string value, string expected)
    {
        var before = Wanted(await ReadAsync(app));
        var after = Wanted(await ReadAsync(app, (variable, value)));

        var plan = ServicePlan.For(new ServingRelease(before.Content, before.Content.Services.ToHashSet()), after);

        string.Join(", ", plan.Services.Select(service => $"{service.Name} {service.Change}")).ShouldBe(expected);
        plan.WholeProject.ShouldBeFalse();
    }

    private static WantedRelease Wanted((ComposeModel Model, ComposeProject Project) app) => new(
        new ReleaseContent
        {
            Services = [.. app.Model.Services.Select(service => service.Name)],
            ServiceDigests = ServiceDigest.Of(app.Model, app.Project.Directory, new Dictionary<string, string>()),
            Frame = ServiceDigest.FrameOf(app.Model),
        },
        app.Model,
        app.Project.Directory);

    private static async Task<(ComposeModel Model, ComposeProject Project)> ReadAsync(string app, (string Name, string Value)? variable = null)
    {
        var folder = GoldenFile.PathOf(Path.Combine("compose/apps", app));
        var variables = new Dictionary<string, string>();
        if (variable is { Name.Length: > 0 } set)
            variables.Add(set.Name, set.Value);
        var project = new ComposeProject($"mambo-{app.ToLowerInvariant().Trim('_')}", folder, [Path.Combine(folder, "compose.yml")], variables);
        var result = await new LocalHost(TimeProvider.System).RunAsync(ComposeCommands.Config(project));
        result.Succeeded.ShouldBeTrue(string.Join('\n', result.ErrorTail));
        return (ComposeModel.Parse(result.StandardOutput), project);
    }
}
