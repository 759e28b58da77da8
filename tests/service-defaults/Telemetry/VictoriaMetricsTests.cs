using Mambo.TestEnvironment;

namespace Mambo.ServiceDefaults.Tests.Telemetry;

/// <summary>What dashboards and alert rules ask for is what the real store holds.</summary>
[Trait("Needs", "Docker")]
public sealed class VictoriaMetricsTests : IAsyncLifetime
{
    private readonly ObservedService _service = new("measured");
    private VictoriaMetricsServer _metrics = null!;

    public async Task InitializeAsync() => _metrics = await VictoriaMetricsServer.StartAsync();

    public async Task DisposeAsync()
    {
        await _metrics.DisposeAsync();
        _service.Dispose();
    }

    [Fact]
    public async Task Metrics_OfOneOperation_AreFoundUnderTheirPrometheusNames()
    {
        await _service.RunAsync("token", $"telemetry.metrics={_metrics.OtlpAddress}");

        // What the process pushed at its end becomes searchable a moment later. Its outbox may then still hold what was told at the very end.
        await UntilFoundAsync(Of("mambo_outbox_pending", "journal=\"observed\""));
        (await _metrics.ValueAsync(Of("mambo_outbox_oldest_age_seconds", "journal=\"observed\""))).ShouldNotBeNull();
        (await _metrics.ValueAsync(Of("mambo_operations_unfinished", "journal=\"observed\""))).ShouldBe(0);
        (await _metrics.ValueAsync(Of("mambo_operations_total", "kind=\"deploy-app\",outcome=\"completed\""))).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(1);
        (await _metrics.ValueAsync(Of("mambo_operation_duration_seconds_count", "kind=\"deploy-app\",outcome=\"completed\""))).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(1);
        (await _metrics.QueryAsync(Of("mambo_operation_duration_seconds_bucket", "outcome=\"completed\""))).Select(sample => sample.Labels["le"]).ShouldContain("0.25");
        (await _metrics.ValueAsync($"sum({Of("mambo_bus_consumed_total", "queue=\"deploy-app.local\"")})")).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(1);
        (await _metrics.QueryAsync(Of("http_server_request_duration_seconds_count", "http_route=\"/deploy\""))).ShouldHaveSingleItem();
        (await _metrics.QueryAsync(Of("dotnet_process_memory_working_set_bytes"))).ShouldHaveSingleItem();
        (await _metrics.QueryAsync("count by (service_name, host_name, deployment_environment_name) (mambo_operations_unfinished{service_name=\"measured\"})"))
            .ShouldHaveSingleItem().Labels.Values.ShouldBe(["measured", "local", "production"], ignoreOrder: true);
    }

    private static string Of(string metric, string labels = "") => $"{metric}{{service_name=\"measured\"{(labels.Length > 0 ? $",{labels}" : "")}}}";

    private async Task UntilFoundAsync(string query)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await _metrics.ValueAsync(query) is null)
            await Task.Delay(100, late.Token);
    }
}
