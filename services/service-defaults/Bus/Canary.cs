using MassTransit;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>Sends itself a message through the broker, again and again: as long as it comes back, publishing and consuming work.</summary>
internal sealed partial class Canary(IBus bus, BusState state, Uri address, TimeProvider time, ILogger<Canary> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            // Sent earlier, the first one would find no queue to come back to.
            await state.Listening.WaitAsync(stoppingToken).ConfigureAwait(false);
            do
                await SendAsync(stoppingToken).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task SendAsync(CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(Interval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            var endpoint = await bus.GetSendEndpoint(address).ConfigureAwait(false);
            await endpoint.Send(new WireMessage("canary", "{}"u8.ToArray(), null, null), either.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            // The health checks draw the conclusion.
            LogNotSent(logger, fault.Message);
        }
    }

    [LoggerMessage(42, LogLevel.Debug, "The canary was not sent: {Error}")]
    private static partial void LogNotSent(ILogger logger, string error);
}
