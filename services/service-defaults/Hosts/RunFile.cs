using System.Text.Json;

using Mambo.Contracts;
using Mambo.ServiceDefaults.Configuration;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mambo.ServiceDefaults.Hosts;

/// <summary>What a running process says of itself in <c>run/{service}.json</c>, for the command line.</summary>
/// <param name="Service">The process's name.</param>
/// <param name="Pid">Its process id.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Platform">The platform's name, the prefix of its things in Docker.</param>
/// <param name="StartedAt">When its listeners opened.</param>
/// <param name="Listeners">Base addresses by listener: <c>api</c>, <c>edge</c>, <c>health</c>.</param>
public sealed record RunningProcess(string Service, int Pid, string Version, string Platform, DateTimeOffset StartedAt, IReadOnlyDictionary<string, Uri> Listeners);

/// <summary>Writes the run file once the listeners are open, and removes it at a clean stop. After a crash the file stays: its process id is dead.</summary>
internal sealed class RunFile(PlatformSetup setup, IServiceProvider services, TimeProvider time) : IHostedLifecycleService
{
    private string Path => System.IO.Path.Combine(setup.Paths.Run, $"{setup.Service}.json");

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var listeners = new Dictionary<string, Uri>();
        foreach (var name in (string[])[Listeners.Api, Listeners.Edge, Listeners.Health])
        {
            if (services.GetKeyedService<Listener>(name)?.Address is { } address)
                listeners[name] = address;
        }

        var running = new RunningProcess(setup.Service, Environment.ProcessId, setup.Identity.Version, setup.Identity.Name, time.GetUtcNow(), listeners);
        Directory.CreateDirectory(setup.Paths.Run);
        File.WriteAllText(Path + ".part", JsonSerializer.Serialize(running, WireJson.Options));
        File.Move(Path + ".part", Path, overwrite: true);
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        File.Delete(Path);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
