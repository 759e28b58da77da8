using System.Net.Http.Headers;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Hosts;
using Mambo.ServiceDefaults.Operations;
using Mambo.ServiceDefaults.Tests.Hosts;
using Mambo.ServiceDefaults.Tests.Operations;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Mambo.ServiceDefaults.Tests.Telemetry;

/// <summary>
/// A whole service in small, on the in-memory bus: a door that sends <see cref="DeployApp"/>, a consumer that queues it, three steps, a listener to the event that ends it.
/// </summary>
internal sealed class ObservedService(string name) : IDisposable
{
    private const string Journal = "observed";

    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestHome Home { get; } = new();

    public Guid Deployment { get; } = Guid.NewGuid();

    /// <summary>The trace the caller of the door is in.</summary>
    public string TraceId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The caller's own span.</summary>
    public string CallerSpan { get; } = Guid.NewGuid().ToString("N")[..16];

    /// <summary>Starts, takes one command through the door, waits until its end was told, and stops: then everything has been sent.</summary>
    public async Task RunAsync(string token, params string[] settings)
    {
        var builder = Home.CreateBuilder(name, ["--set", "bus.transport=inMemory", .. settings.SelectMany(setting => new[] { "--set", setting })]);
        builder.Listen(Listeners.Api, "127.0.0.1:0");
        builder.Services.AddSingleton(this);
        builder.Services.AddJournal(Journal).AddOperation<Errand>(Journal);
        builder.Services.AddCommandHandler<DeployApp, Accept>().AddEventHandler<Hear>("timeline", [typeof(AppDeployed)]);
        builder.AddBus();

        await using var app = builder.Build();
        app.MapHealth();
        app.MapPost("/deploy", () => app.Services.GetRequiredKeyedService<Journal>(Journal).WriteAsync(
            transaction => transaction.Send(new DeployApp { App = "shop", DeploymentId = Deployment }, "local", Deployment.ToString())));
        await app.StartAsync();

        using var http = new HttpClient { BaseAddress = app.Services.ListeningAt(Listeners.Api) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/deploy") { Headers = { { "traceparent", $"00-{TraceId}-{CallerSpan}-01" } } };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        await _told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await app.StopAsync();
    }

    public void Dispose() => Home.Dispose();

    private sealed class Accept([FromKeyedServices(Journal)] Journal journal, Errand errand) : ICommandHandler<DeployApp>
    {
        public Task HandleAsync(Delivery<DeployApp> delivery, CancellationToken cancellationToken) =>
            journal.WriteAsync(transaction => transaction.Enqueue(errand, delivery.Command, delivery.Command.DeploymentId!.Value, "tests"), cancellationToken);
    }

    private sealed class Hear(ObservedService service) : IEventHandler
    {
        public Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
        {
            if (delivery.Body.Contains(service.Deployment.ToString(), StringComparison.Ordinal))
                service._told.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
