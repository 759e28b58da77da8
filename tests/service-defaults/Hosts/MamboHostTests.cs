using System.Net;
using System.Text.Json;

using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mambo.ServiceDefaults.Tests.Hosts;

public sealed class MamboHostTests : IDisposable
{
    private readonly TestHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Build_GoodConfiguration_RegistersWhatEveryServiceNeeds()
    {
        _home.Configure("platform:\n  name: shop\n  host: web-1");
        await using var app = _home.CreateBuilder().Build();

        app.Services.GetRequiredService<MamboPaths>().Home.ShouldBe(_home.Path);
        app.Services.GetRequiredService<PlatformIdentity>().ShouldBe(new PlatformIdentity("shop", "web-1", "0.1.0"));
        app.Services.GetRequiredService<MamboOptions>().Platform.ShouldBeSameAs(app.Services.GetRequiredService<PlatformOptions>());
        app.Services.GetRequiredService<BusOptions>().Transport.ShouldBe(BusTransport.RabbitMq);
        app.Services.GetRequiredService<EdgeOptions>().ShouldNotBeNull();
        app.Services.GetRequiredService<TelemetryOptions>().ShouldNotBeNull();
        app.Services.GetRequiredService<TimeProvider>().ShouldBe(TimeProvider.System);
        app.Services.GetRequiredService<Secrets>().Find("ntfy-token").ShouldBeNull();
        app.Services.GetRequiredService<LocalHost>().ShouldNotBeNull();
    }

    [Fact]
    public void Build_FaultsOfEveryKind_ArePrintedTogetherAndTheProcessEndsWith2()
    {
        _home.Configure("api:\n  lsiten: a\nbus:\n  port: http");
        _home.Environment["MAMBO_LOG_LEVEL"] = "loud";
        var open = _home.WriteSecret("ntfy-token", "tk_secret", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var builder = _home.CreateBuilder("deployer", "--verbose");
        builder.RequireSecret("bus-password").RequireSecret("bus-password");

        Should.Throw<ConfigurationFaultsException>(builder.Build);

        _home.ExitCodes.ShouldBe([2]);
        _home.Error.ToString().TrimEnd().Split('\n').ShouldBe(
        [
            "deployer: the configuration has 6 faults; nothing was started.",
            "  --verbose (arguments): there is no such argument. The arguments are --home PATH and --set section.key=value.",
            "  api.lsiten (mambo.yml, line 2): there is no such key. Did you mean api.listen?",
            "  bus.port (mambo.yml, line 4): \"http\" is not a whole number. Write a whole number such as 5, or leave it out for the default, 5672.",
            $"  secret ntfy-token ({open}): the file {open} can be read by other users. Run: chmod 600 {open}",
            "  MAMBO_LOG_LEVEL (environment): \"loud\" is no level. Write verbose, debug, information, warning, error, fatal, or unset it for information.",
            $"  secret bus-password: it is missing. Put it into {_home.Path}/secrets/bus-password (mode 600), or set MAMBO_BUS_PASSWORD or MAMBO_BUS_PASSWORD_FILE; mambo init makes the ones of the platform itself.",
        ]);
        _home.Error.ToString().ShouldNotContain("tk_secret");
    }

    [Fact]
    public void Build_HomeCannotBeUsed_IsAFault()
    {
        var builder = _home.CreateBuilder("deployer", "--home", "/proc/nothing/here");

        Should.Throw<ConfigurationFaultsException>(builder.Build).Message.ShouldContain("MAMBO_HOME (/proc/nothing/here): it cannot be used: ");
    }

    [Fact]
    public void Build_TwoListenersWantOnePort_IsAFault()
    {
        var builder = _home.CreateBuilder();
        builder.Listen("api", "127.0.0.1:7400").Listen("edge", "*:7400");

        Should.Throw<ConfigurationFaultsException>(builder.Build).Faults.ShouldHaveSingleItem().ToString()
            .ShouldBe("edge.listen: *:7400 takes the port of api.listen, 127.0.0.1:7400. Give each its own port.");
    }

    [Theory]
    [InlineData("/healthz", "live")]
    [InlineData("/readyz", "ready")]
    public async Task Health_OneCheckFails_503WithEachReasonAndNoException(string path, string tag)
    {
        var builder = _home.CreateBuilder();
        builder.Services.AddHealthChecks()
            .AddCheck("journal", () => HealthCheckResult.Healthy("writes"), [tag])
            .AddCheck("bus", () => HealthCheckResult.Unhealthy("the broker does not answer", new InvalidOperationException("password=hunter2")), [tag])
            .AddCheck("other", () => HealthCheckResult.Unhealthy("of the other door"), ["unrelated"]);
        await using var app = await StartAsync(builder);

        using var answer = await GetAsync(app, Listeners.Health, path);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var body = await answer.Content.ReadAsStringAsync();
        JsonSerializer.Deserialize<JsonElement>(body).ToString().ShouldBe(
            """{"status":"unhealthy","checks":[{"name":"bus","status":"unhealthy","reason":"the broker does not answer"},{"name":"journal","status":"healthy","reason":"writes"}]}""");
    }

    [Fact]
    public async Task Health_NoChecks_Healthy()
    {
        await using var app = await StartAsync(_home.CreateBuilder());

        using var answer = await GetAsync(app, Listeners.Health, "/healthz");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"status":"healthy","checks":[]}""");
    }

    [Fact]
    public async Task Health_AllInOne_AnswersOnTheApiAndLeavesTheEdgeToTheApps()
    {
        var builder = _home.CreateBuilder("mambo");
        builder.Listen(Listeners.Api, "127.0.0.1:0").Listen(Listeners.Edge, "127.0.0.1:0");
        await using var app = await StartAsync(builder);

        (await TextAsync(app, Listeners.Api, "/healthz")).ShouldContain("healthy");
        (await TextAsync(app, Listeners.Edge, "/healthz")).ShouldBe("the app's own /healthz on the edge");
        (await TextAsync(app, Listeners.Api, "/other")).ShouldBe("the app's own /other on the api");
    }

    [Fact]
    public async Task Health_AddressOfItsOwn_AnswersOnlyThere()
    {
        _home.Environment["MAMBO_HEALTH__LISTEN"] = "127.0.0.1:0";
        var builder = _home.CreateBuilder("mambo");
        builder.Listen(Listeners.Api, "127.0.0.1:0");
        await using var app = await StartAsync(builder);

        (await TextAsync(app, Listeners.Health, "/healthz")).ShouldContain("healthy\"");
        (await TextAsync(app, Listeners.Api, "/healthz")).ShouldBe("the app's own /healthz on the api");
    }

    [Fact]
    public async Task RunFile_FromStartToStop_TellsWhereTheProcessListens()
    {
        var builder = _home.CreateBuilder("mambo");
        builder.Listen(Listeners.Api, "127.0.0.1:0");
        await using var app = await StartAsync(builder);
        var file = Path.Combine(_home.Path, "run", "mambo.json");

        var running = JsonSerializer.Deserialize<RunningProcess>(await File.ReadAllTextAsync(file), Mambo.Contracts.WireJson.Options)!;

        running.Pid.ShouldBe(Environment.ProcessId);
        running.Listeners["api"].ShouldBe(app.Services.ListeningAt(Listeners.Api));
        await app.StopAsync();
        File.Exists(file).ShouldBeFalse();
    }

    private static async Task<WebApplication> StartAsync(WebApplicationBuilder builder)
    {
        var app = builder.Build();
        app.MapHealth();
        app.Run(context => context.Response.WriteAsync($"the app's own {context.Request.Path} on the {(context.CameBy(Listeners.Edge) ? "edge" : context.CameBy(Listeners.Api) ? "api" : "health")}"));
        await app.StartAsync();
        return app;
    }

    private static async Task<HttpResponseMessage> GetAsync(WebApplication app, string listener, string path)
    {
        using var http = new HttpClient { BaseAddress = app.Services.ListeningAt(listener) };
        return await http.GetAsync(new Uri(path, UriKind.Relative));
    }

    private static async Task<string> TextAsync(WebApplication app, string listener, string path)
    {
        using var answer = await GetAsync(app, listener, path);
        return await answer.Content.ReadAsStringAsync();
    }
}
