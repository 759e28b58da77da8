using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>For <c>/healthz</c>: do messages still come through?</summary>
internal sealed class BusAlive(BusState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(BusHealth.Result(state.Report().Alive()));
}

/// <summary>For <c>/readyz</c>: is every queue of this process listened to?</summary>
internal sealed class BusReady(BusState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(BusHealth.Result(state.Report().Ready()));
}

internal static class BusHealth
{
    public static HealthCheckResult Result((bool Ok, string Reason) answer) => answer.Ok ? HealthCheckResult.Healthy(answer.Reason) : HealthCheckResult.Unhealthy(answer.Reason);
}
