using Mambo.TestEnvironment;

namespace Mambo.ServiceDefaults.Tests.Telemetry;

/// <summary>What a service sends, read from the wire: one deployment through door, bus, outbox and runner, with a receiver behind all three addresses.</summary>
public sealed class OtlpTests : IAsyncLifetime
{
    private const string Token = "tk_of_the_caller_0123456789";
    private const string Password = "hunter2-of-the-bus";

    private readonly ObservedService _service = new("observed");
    private OtlpReceiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _receiver = await OtlpReceiver.StartAsync();
        _service.Home.WriteSecret("bus-password", Password);
        _service.Home.WriteSecret("ntfy-token", Token);
    }

    public async Task DisposeAsync()
    {
        await _receiver.DisposeAsync();
        _service.Dispose();
    }

    [Fact]
    public async Task Logs_OfAnOperation_CarryServiceAppAndDeployment()
    {
        await RunAsync("logs", "traces");

        var lines = _receiver.Logs.Where(line => line.Service == "observed").ToList();
        var step = lines.First(line => line.Body.StartsWith("Step \"fetch\" done", StringComparison.Ordinal) || line.Body.StartsWith("Step fetch done", StringComparison.Ordinal));
        step.Severity.ShouldBe("Information");
        step.Attributes["app"].ShouldBe("shop");
        step.Attributes["deployment_id"].ShouldBe(_service.Deployment.ToString());
        step.Resource["service.version"].ShouldBe("0.1.0");
        step.Resource["host.name"].ShouldBe("local");
        step.Resource["deployment.environment.name"].ShouldBe("production");
        step.Resource["mambo.platform"].ShouldStartWith("mambo-");
        step.Resource.Keys.ShouldNotContain("service.instance.id", "it would start every series anew at each start");
        lines.Where(line => line.Attributes.GetValueOrDefault("deployment_id") == _service.Deployment.ToString()).Select(line => line.TraceId).Distinct().ShouldBe([_service.TraceId]);
    }

    [Fact]
    public async Task Traces_FromTheDoorToTheLastEvent_AreOneTreeBelowTheCaller()
    {
        await RunAsync("traces");

        var spans = _receiver.Spans.Where(span => span.TraceId == _service.TraceId).ToList();
        string[] story = ["POST /deploy", "publish deploy-app", "process deploy-app.local", "deploy-app shop", "fetch", "start", "switch", "publish app-deployed", "process timeline.local"];
        story.Except(spans.Select(span => span.Name)).ShouldBeEmpty(string.Join(", ", spans.Select(span => span.Name)));
        spans.ShouldAllBe(span => span.Service == "observed" && !span.Failed);
        var ids = spans.Select(span => span.SpanId).Append(_service.CallerSpan).ToHashSet();
        spans.ShouldAllBe(span => ids.Contains(span.ParentSpanId));
        Parent("POST /deploy").ShouldBe(_service.CallerSpan);
        Parent("fetch").ShouldBe(Id("deploy-app shop"));

        string Id(string name) => spans.Single(span => span.Name == name).SpanId;
        string Parent(string name) => spans.Single(span => span.Name == name).ParentSpanId;
    }

    [Fact]
    public async Task Metrics_OfOperationsAndOutbox_HaveUnitsAndFewAttributes()
    {
        await RunAsync("metrics");

        var points = _receiver.Points.Where(point => point.Service == "observed").ToList();
        var operations = points.Last(point => point.Metric == "mambo.operations");
        (operations.Unit, operations.Attributes["kind"], operations.Attributes["outcome"]).ShouldBe(("{operation}", "deploy-app", "completed"));
        points.Last(point => point.Metric == "mambo.operation.duration").Unit.ShouldBe("s");
        points.Where(point => point.Metric == "mambo.outbox.pending" && point.Attributes["journal"] == "observed").ShouldNotBeEmpty();
        points.Select(point => point.Metric).ShouldContain("dotnet.gc.collections");
        points.SelectMany(point => point.Attributes.Values).ShouldNotContain(value => IsId(value), "an id as an attribute is a series for each deployment");
    }

    [Theory]
    [InlineData("logs")]
    [InlineData("metrics")]
    [InlineData("traces")]
    public async Task OneAddressSet_OnlyThatSignalIsSent(string signal)
    {
        await RunAsync(signal);

        (_receiver.Logs.Count > 0).ShouldBe(signal == "logs");
        (_receiver.Points.Count > 0).ShouldBe(signal == "metrics");
        (_receiver.Spans.Count > 0).ShouldBe(signal == "traces");
    }

    [Fact]
    public async Task NoAddressSet_NothingIsSentWhateverTheEnvironmentSays()
    {
        _service.Home.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = _receiver.Address.AbsoluteUri;
        _service.Home.Environment["OTEL_SERVICE_NAME"] = "someone-else";

        await RunAsync();

        _receiver.Saw("").ShouldBeFalse();
    }

    [Fact]
    public async Task Secrets_OfTheHomeAndOfRequests_AreInNoSignal()
    {
        await RunAsync("logs", "metrics", "traces");

        _receiver.Saw("deploy-app").ShouldBeTrue();
        _receiver.Saw(_service.Deployment.ToString()).ShouldBeTrue();
        _receiver.Saw(Token).ShouldBeFalse();
        _receiver.Saw(Password).ShouldBeFalse();
    }

    private static bool IsId(string text) => Guid.TryParse(text, out _);

    private Task RunAsync(params string[] signals) => _service.RunAsync(Token, [.. signals.Select(signal => signal switch
    {
        "logs" => $"telemetry.logs={_receiver.Address}",
        _ => $"telemetry.{signal}={new Uri(_receiver.Address, $"v1/{signal}")}",
    })]);
}
