using System.Collections.Concurrent;
using System.Text.Json;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mambo.AlertRelay.Tests;

/// <summary>An HTTP server that takes and shows messages as ntfy does, until it is told to misbehave.</summary>
internal sealed class TroubledServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _ending = new();

    private TroubledServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Each is used up by one request that publishes; then the server behaves.</summary>
    public ConcurrentQueue<Func<HttpContext, Task>> WhenPublishing { get; } = [];

    /// <summary>Each is used up by one request that reads a topic.</summary>
    public ConcurrentQueue<Func<HttpContext, Task>> WhenReading { get; } = [];

    /// <summary>Messages it took, in order.</summary>
    public ConcurrentQueue<JsonElement> Taken { get; } = [];

    /// <summary>What it was asked, in order, such as <c>POST /</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public IReadOnlyList<string> Titles => [.. Taken.Select(message => message.GetProperty("title").GetString()!)];

    public static async Task<TroubledServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var server = new TroubledServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Answers with a status and nothing else.</summary>
    public static Func<HttpContext, Task> Status(int status, string body = "", params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        await context.Response.WriteAsync(body);
    };

    /// <summary>Takes the message, and never says so.</summary>
    public async Task TakeAndHangAsync(HttpContext context)
    {
        await TakeAsync(context);
        await HangAsync(context);
    }

    /// <summary>Never answers.</summary>
    public async Task HangAsync(HttpContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _ending.Token);
        await Task.Delay(Timeout.Infinite, either.Token).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>Takes the message, and the line breaks in the middle of the answer.</summary>
    public async Task TakeAndCutAsync(HttpContext context)
    {
        await TakeAsync(context);
        context.Response.ContentLength = 200;
        await context.Response.WriteAsync("""{"id":"cut""");
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    /// <summary>Ends it; connections are refused from then on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ending.IsCancellationRequested)
            return;
        await _ending.CancelAsync();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue($"{context.Request.Method} {context.Request.Path}");
        var publishes = HttpMethods.IsPost(context.Request.Method);
        if ((publishes ? WhenPublishing : WhenReading).TryDequeue(out var trouble))
            await trouble(context);
        else if (publishes)
            await context.Response.WriteAsync(await TakeAsync(context));
        else
            await context.Response.WriteAsync(string.Concat(Taken.Select(message => message + "\n")));
    }

    private async Task<string> TakeAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        var fields = body.RootElement.EnumerateObject().ToDictionary(field => field.Name, field => (object)field.Value.Clone());
        fields["id"] = $"m{Taken.Count + 1}";
        fields["event"] = "message";
        var message = JsonSerializer.Serialize(fields);
        Taken.Enqueue(JsonSerializer.Deserialize<JsonElement>(message));
        return message;
    }
}
