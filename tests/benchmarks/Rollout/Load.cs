using System.Diagnostics;
using System.Net;

namespace Mambo.Benchmarks;

/// <summary>Requests at a steady rate, whether earlier ones were answered or not, so that a pause shows as requests that wait and not as requests that were never made.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30) }) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _address;
    private readonly Task _running;
    private long _made;
    private long _answered;
    private long _failed;
    private long _slowest;

    public Load(int port, int perSecond)
    {
        _address = new Uri($"http://127.0.0.1:{port}/");
        _running = RunAsync(perSecond);
    }

    /// <summary>Ends when so many requests were answered.</summary>
    public async Task UntilAsync(int answered)
    {
        while (Volatile.Read(ref _answered) < answered)
            await Task.Delay(50);
    }

    public async Task<(long Answered, long Failed, TimeSpan Slowest)> StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        while (Volatile.Read(ref _answered) < Volatile.Read(ref _made))
            await Task.Delay(10);
        return (_answered, _failed, TimeSpan.FromTicks(_slowest));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(int perSecond)
    {
        var began = Stopwatch.GetTimestamp();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!_stop.IsCancellationRequested && await ticks.WaitForNextTickAsync())
        {
            for (var due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond); _made < due;)
            {
                Interlocked.Increment(ref _made);
                _ = AskAsync();
            }
        }
    }

    private async Task AskAsync()
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _address) { Headers = { Host = "shop.localhost" } };
            using var answer = await _client.SendAsync(request);
            var page = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode != HttpStatusCode.OK || !page.StartsWith("page ", StringComparison.Ordinal))
                Failed($"{(int)answer.StatusCode} {page}");
        }
        catch (Exception error)
        {
            Failed(error.Message);
        }

        var took = Stopwatch.GetElapsedTime(began).Ticks;
        for (var slowest = Volatile.Read(ref _slowest); took > slowest && Interlocked.CompareExchange(ref _slowest, took, slowest) != slowest;)
            slowest = Volatile.Read(ref _slowest);
        Interlocked.Increment(ref _answered);
    }

    private void Failed(string what)
    {
        if (Interlocked.Increment(ref _failed) <= 10)
            Console.Error.WriteLine($"a request failed: {what}");
    }
}
