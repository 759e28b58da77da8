using System.Collections.Concurrent;
using System.Net;
using System.Text;

using Mambo.TestEnvironment;

namespace Mambo.Cli.Tests;

/// <summary>What was asked of the door.</summary>
internal sealed record Asked(string Line, string Body, IReadOnlyDictionary<string, string> Headers, byte[] Bytes);

/// <summary>
/// Plays the platform's HTTP API over a real socket, so that a test decides what it answers; the backoffice's own tests prove what it really answers.
/// </summary>
internal sealed class PlayedDoor : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, Func<HttpListenerContext, Task>> _answers = new();

    public PlayedDoor()
    {
        Address = new Uri($"http://127.0.0.1:{ServiceProcess.FreePort()}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = ListenAsync();
    }

    public Uri Address { get; }

    public ConcurrentQueue<Asked> Requests { get; } = new();

    /// <summary>The environment of a command that is to speak to this door.</summary>
    public Dictionary<string, string> Variables => new() { ["MAMBO_API"] = Address.ToString(), ["MAMBO_TOKEN"] = "token-of-the-test" };

    /// <param name="call">Method and path without query, such as <c>GET /api/apps</c>.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="json">The body.</param>
    /// <param name="type">Its media type.</param>
    public PlayedDoor Answer(string call, int status, string json = "", string type = "application/json") => Answer(call, async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        var bytes = Encoding.UTF8.GetBytes(json);
        if (context.Request.HttpMethod != "HEAD")
            await context.Response.OutputStream.WriteAsync(bytes);
        context.Response.Close();
    });

    /// <summary>Each connection gets the next part of the stream and is then cut.</summary>
    public PlayedDoor Stream(string call, params string[] connections)
    {
        var left = new ConcurrentQueue<string>(connections);
        return Answer(call, async context =>
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.SendChunked = true;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(left.TryDequeue(out var part) ? part : ""));
            await context.Response.OutputStream.FlushAsync();
            context.Response.Abort();
        });
    }

    public void Dispose() => _listener.Close();

    private PlayedDoor Answer(string call, Func<HttpListenerContext, Task> answer)
    {
        _answers[call] = answer;
        return this;
    }

    private async Task ListenAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body);
        Requests.Enqueue(new Asked(
            $"{request.HttpMethod} {request.RawUrl}", Encoding.UTF8.GetString(body.ToArray()),
            request.Headers.AllKeys.ToDictionary(name => name!, name => request.Headers[name]!), body.ToArray()));
        if (_answers.TryGetValue($"{request.HttpMethod} {request.Url!.AbsolutePath}", out var answer))
        {
            await answer(context);
            return;
        }

        context.Response.StatusCode = 404;
        context.Response.Close();
    }
}
