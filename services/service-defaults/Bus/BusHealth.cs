using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>For <c>/healthz</c>: unhealthy only when a restart may help, that is when messages have stopped coming through although the broker is there.</summary>
internal sealed class BusAlive(BusState state) : IHealthCheck
{
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(state switch
    {
        { IsRefused: true } => HealthCheckResult.Unhealthy("the broker refuses the login; a restart reads the password anew"),
        { IsDisconnected: true } => HealthCheckResult.Healthy("the broker is away; the service reconnects by itself, a restart would not help"),
        { SinceCanary: var silence } when silence <= LongestSilence => HealthCheckResult.Healthy($"the canary came back {silence.TotalSeconds:0} s ago"),
        { SinceCanary: var silence } => HealthCheckResult.Unhealthy($"the canary has not come back for {silence.TotalSeconds:0} s although the broker is there"),
    });
}

/// <summary>For <c>/readyz</c>: every queue of this process is being listened to.</summary>
internal sealed class BusReady(BusState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var down = state.Down;
        return Task.FromResult(
            down.Count == 0 ? HealthCheckResult.Healthy("connected")
            : state.IsDisconnected ? HealthCheckResult.Unhealthy($"the bus is not connected: {down.Values.First()}")
            : HealthCheckResult.Unhealthy($"not listening: {string.Join("; ", down.OrderBy(queue => queue.Key, StringComparer.Ordinal).Select(queue => $"{queue.Key} ({queue.Value})"))}"));
    }
}
