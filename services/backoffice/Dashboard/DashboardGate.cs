using Microsoft.Net.Http.Headers;

namespace Mambo.Backoffice.Dashboard;

/// <summary>
/// Serves the page a person opens at the API's address, and its files. They hold no data, so no token is needed to load them; the page asks for one and sends it with
/// every request for data. Everything else goes on to the door.
/// </summary>
internal sealed class DashboardGate(RequestDelegate next, DashboardFiles files)
{
    /// <summary>Only files of this origin run or are shown; nothing is sent elsewhere, and no other page may frame this one.</summary>
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        return (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && files.Find(request.Path.Value) is { } file
            ? AnswerAsync(context, file)
            : next(context);
    }

    private static Task AnswerAsync(HttpContext context, DashboardFile file)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = file.ETag is null ? "no-store" : "public, max-age=31536000, immutable";
        if (file.ETag is { } tag)
        {
            response.Headers.ETag = tag;
            if (request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(new EntityTagHeaderValue(tag), useStrongComparison: false)))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
        }

        response.ContentType = file.ContentType;
        response.ContentLength = file.Content.Length;
        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.Body.WriteAsync(file.Content, context.RequestAborted).AsTask();
    }
}
