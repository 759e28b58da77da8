using System.Net;
using System.Text.Json;

using Mambo.Deployer.Edge;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Traefik;

/// <summary>Asks Traefik whether it uses a file yet. It tells nobody when it does, so it is asked until it does.</summary>
internal sealed class TraefikApi(TraefikOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = 1024 * 1024,
    };

    /// <summary>Ends when Traefik routes as the document says: its services have exactly these servers, and its routers are enabled and without error.</summary>
    /// <exception cref="RouteFailedException">It refuses a router or a service, or does not show them within 30 seconds.</exception>
    public async Task WaitForAsync(TraefikDocument document, CancellationToken cancellationToken)
    {
        if (options.Api is null)
        {
            await Task.Delay(options.Settle, time, cancellationToken);
            return;
        }

        var (started, pause) = (time.GetTimestamp(), FirstPause);
        while (await FirstProblemAsync(document, cancellationToken) is { } problem)
        {
            // An error may be the old file's until Traefik has had its time.
            var waited = time.GetElapsedTime(started);
            if (problem.IsRefusal && waited >= options.Settle)
                throw new RouteFailedException(problem.Text);
            if (waited >= Deadline)
                throw new RouteFailedException($"Traefik does not use the new routes after {Deadline.TotalSeconds:0} s: {problem.Text} Its log says why it leaves out a file.");
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<Problem?> FirstProblemAsync(TraefikDocument document, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (name, servers) in document.Services)
            {
                if (Of(name, servers, await AskAsync<ServiceJson>("services", name, cancellationToken)) is { } problem)
                    return problem;
            }

            foreach (var (name, route) in document.Routers)
            {
                if (Of(name, route, await AskAsync<RouterJson>("routers", name, cancellationToken)) is { } problem)
                    return problem;
            }

            return null;
        }
        catch (Exception error) when (error is HttpRequestException or JsonException || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Problem($"Its API at {options.Api} does not answer as it should: {error.Message.TrimEnd('.')}.");
        }
    }

    private static Problem? Of(string name, IReadOnlyList<string>? servers, ServiceJson? shown)
    {
        if (shown is null)
            return new Problem($"It does not know the service {name}.");
        var urls = (shown.LoadBalancer?.Servers ?? []).Select(server => server.Url ?? "").Order(StringComparer.Ordinal).ToList();
        if (servers is not null && !urls.SequenceEqual(servers.Order(StringComparer.Ordinal)))
            return new Problem($"The service {name} has the servers {(urls.Count == 0 ? "none" : string.Join(", ", urls))}.");
        return Refusal("service", name, shown.Status, shown.Error);
    }

    private static Problem? Of(string name, TraefikDocument.Route route, RouterJson? shown)
    {
        if (shown is null)
            return new Problem($"It does not know the router {name}.");
        if (shown.Rule != route.Rule || Short(shown.Service) != Short(route.Service))
            return new Problem($"The router {name} still has the rule {shown.Rule} and the service {shown.Service}.");
        return Refusal("router", name, shown.Status, shown.Error);
    }

    private static Problem? Refusal(string kind, string name, string? status, IReadOnlyList<string>? errors) => (status, errors) switch
    {
        (_, { Count: > 0 }) => new Problem($"Traefik refuses the {kind} {name}: {string.Join("; ", errors)}.", IsRefusal: true),
        ("enabled", _) => null,
        _ => new Problem($"Traefik has the {kind} {name} as {status ?? "unknown"}.", IsRefusal: true),
    };

    private static string? Short(string? service) => service?.EndsWith("@file", StringComparison.Ordinal) == true ? service[..^"@file".Length] : service;

    /// <returns>Null: Traefik has no such member.</returns>
    private async Task<T?> AskAsync<T>(string section, string name, CancellationToken cancellationToken)
        where T : class
    {
        var address = $"{options.Api!.AbsoluteUri.TrimEnd('/')}/api/http/{section}/{Uri.EscapeDataString($"{name}@file")}";
        using var response = await _client.GetAsync(new Uri(address), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<T>(cancellationToken) ?? throw new JsonException("It says null.");
    }

    /// <summary>Why Traefik does not route as it should. A refusal does not go away by waiting.</summary>
    private sealed record Problem(string Text, bool IsRefusal = false);

    private sealed record ServiceJson(BalancerJson? LoadBalancer, string? Status, IReadOnlyList<string>? Error);

    private sealed record BalancerJson(IReadOnlyList<ServerJson>? Servers);

    private sealed record ServerJson(string? Url);

    private sealed record RouterJson(string? Rule, string? Service, string? Status, IReadOnlyList<string>? Error);
}
