using Mambo.ServiceDefaults.Operations;

using Microsoft.Data.Sqlite;

namespace Mambo.Backoffice.Http;

/// <summary>Turns what went wrong, an exception or a bare status, into a <see cref="Problem"/>. An unexpected exception is logged; its text never leaves.</summary>
internal sealed partial class FaultAnswers(RequestDelegate next, ILogger<FaultAnswers> logger)
{
    private const int SqliteFull = 13;

    public async Task InvokeAsync(HttpContext context)
    {
        Problem? problem = null;
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null })
                problem = Problem.OfStatus(context.Response.StatusCode);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to answer.
        }
        catch (BadHttpRequestException fault) when (!context.Response.HasStarted)
        {
            problem = Problem.OfStatus(fault.StatusCode);
        }
        catch (JournalException fault) when (fault.InnerException is SqliteException { SqliteErrorCode: SqliteFull } && !context.Response.HasStarted)
        {
            LogDiskFull(logger, fault.Message);
            problem = Problem.DiskFull;
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            LogFailed(logger, fault, context.Request.Method, context.Request.Path);
            problem = Problem.Internal;
        }

        if (problem is not null)
            await problem.WriteAsync(context);
    }

    [LoggerMessage(100, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(101, LogLevel.Error, "The disk is full: {Problem}")]
    private static partial void LogDiskFull(ILogger logger, string problem);
}
