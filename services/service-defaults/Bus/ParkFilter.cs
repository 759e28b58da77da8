using Mambo.Contracts;
using Mambo.Contracts.Alerts;

using MassTransit;

using Microsoft.Extensions.Logging;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>The end of a message no try could handle: to the error queue, counted, logged and told as <see cref="MessageParked"/>.</summary>
/// <param name="queue">The queue it came from.</param>
/// <param name="errorQueue">
/// Puts it into <c>{queue}_error</c> and returns how many lie there. Null in memory, where nothing outlives the process: there the sender's outbox still has it and
/// publishes it again at the next start.
/// </param>
/// <param name="parked">Tells of it.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ParkFilter(string queue, Func<ExceptionReceiveContext, Task<long?>>? errorQueue, ParkedMessages parked, ILogger logger)
    : IFilter<ExceptionReceiveContext>
{
    private static readonly string Own = WireNames.Of(typeof(MessageParked));

    public static string ErrorQueue(string queue) => $"{queue}_error";

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var fault = context.Exception.GetBaseException();
        var problem = context.Exception is UnreadableMessageException ? context.Exception.Message : $"Its handler failed with {fault.GetType().Name}; the log of the service says more.";
        LogParked(logger, fault, queue, problem);
        // When this fails the message stays where it was, and the broker delivers it again.
        var depth = errorQueue is null ? null : await errorQueue(context).ConfigureAwait(false);
        BusMetrics.Faulted(queue);
        // A telling that cannot be handled is not told of: that would go round for ever.
        if (WireSerialization.Read(context).Type != Own)
            parked.Tell(ErrorQueue(queue), problem, depth);
        await next.Send(context).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("park");

    [LoggerMessage(40, LogLevel.Error, "A message of {Queue} cannot be handled: {Problem}")]
    private static partial void LogParked(ILogger logger, Exception fault, string queue, string problem);
}
