using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

using Testcontainers.RabbitMq;

namespace Mambo.TestEnvironment;

/// <summary>A real RabbitMQ of the version we ship, in a container with a port and data of its own; it can be killed and started again on both.</summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private const string Image = "mambo-test/rabbitmq:4.3";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly RabbitMqContainer _container;

    private RabbitMqServer(RabbitMqContainer container, int port, string password) => (_container, Port, Password) = (container, port, password);

    /// <summary>The address it listens on.</summary>
    public string Host { get; } = "127.0.0.1";

    /// <summary>Its AMQP port.</summary>
    public int Port { get; }

    /// <summary>A user who may do everything.</summary>
    public string User { get; } = "mambo";

    /// <summary>The user's password.</summary>
    public string Password { get; }

    /// <summary>Starts one and returns when it takes connections.</summary>
    public static async Task<RabbitMqServer> StartAsync()
    {
        // Testcontainers' helper container cannot be pulled here, and else it would name the bridge's address.
        Environment.SetEnvironmentVariable("TESTCONTAINERS_RYUK_DISABLED", "true");
        Environment.SetEnvironmentVariable("TESTCONTAINERS_HOST_OVERRIDE", "127.0.0.1");
        var (port, password) = (ServiceProcess.FreePort(), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        var container = new RabbitMqBuilder(Image)
            .WithUsername("mambo")
            // What it says goes to stdout, where a benchmark prints its JSON.
            .WithLogger(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)
            .WithPassword(password)
            .WithPortBinding(port, RabbitMqBuilder.RabbitMqPort)
            .WithHostname("broker")
            .WithEnvironment("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 2:2 +sbwt none")
            .WithWaitStrategy(DotNet.Testcontainers.Builders.Wait.ForUnixContainer().UntilMessageIsLogged("Server startup complete"))
            .Build();
        await container.StartAsync().ConfigureAwait(false);
        var server = new RabbitMqServer(container, port, password);
        await server.UntilItAnswersAsync().ConfigureAwait(false);
        return server;
    }

    /// <summary>Publishes with <c>amqp-publish</c>, a client that knows nothing of us: the body, and no header at all.</summary>
    public Task PublishRawAsync(string exchange, string routingKey, string body) => PublishRawAsync(exchange, routingKey, System.Text.Encoding.UTF8.GetBytes(body));

    /// <inheritdoc cref="PublishRawAsync(string, string, string)"/>
    public async Task PublishRawAsync(string exchange, string routingKey, ReadOnlyMemory<byte> body)
    {
        await AmqpTools.InstallAsync().ConfigureAwait(false);
        using var publish = Process.Start(new ProcessStartInfo("amqp-publish", [$"--url=amqp://{User}:{Password}@{Host}:{Port}", "-e", exchange, "-r", routingKey])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        await publish.StandardInput.BaseStream.WriteAsync(body).ConfigureAwait(false);
        publish.StandardInput.Close();
        var error = await publish.StandardError.ReadToEndAsync().ConfigureAwait(false);
        await publish.WaitForExitAsync().ConfigureAwait(false);
        if (publish.ExitCode != 0)
            throw new InvalidOperationException($"amqp-publish: {error}");
    }

    /// <summary>Every queue with its columns as <c>rabbitmqctl list_queues</c> prints them.</summary>
    public async Task<IReadOnlyList<JsonElement>> QueuesAsync() =>
        JsonSerializer.Deserialize<List<JsonElement>>(await ControlAsync("list_queues", "name", "type", "messages", "arguments", "durable", "exclusive", "--formatter", "json").ConfigureAwait(false))!;

    /// <summary>Messages in the queue, delivered or not. 0 when it does not exist.</summary>
    public async Task<long> DepthAsync(string queue) => (await QueuesAsync().ConfigureAwait(false))
        .Where(found => found.GetProperty("name").GetString() == queue)
        .Sum(found => found.GetProperty("messages").GetInt64());

    /// <summary>Runs <c>rabbitmqctl</c> inside the container and returns what it printed.</summary>
    public Task<string> ControlAsync(params string[] arguments) => DockerCommand.RunAsync(["exec", _container.Id, "rabbitmqctl", "--quiet", .. arguments]);

    /// <summary>SIGKILL. Nothing is flushed that was not confirmed.</summary>
    public Task KillAsync() => DockerCommand.RunAsync("kill", _container.Id);

    /// <summary>Starts the killed server on its data and port, and returns when it takes connections.</summary>
    public async Task StartAgainAsync()
    {
        await DockerCommand.RunAsync("start", _container.Id).ConfigureAwait(false);
        await UntilItAnswersAsync().ConfigureAwait(false);
    }

    /// <summary>Freezes it: connections stay open and nothing answers.</summary>
    public Task PauseAsync() => DockerCommand.RunAsync("pause", _container.Id);

    /// <summary>Ends the pause.</summary>
    public Task UnpauseAsync() => DockerCommand.RunAsync("unpause", _container.Id);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _container.DisposeAsync();

    /// <summary>An open port is not enough: Docker's proxy takes connections before the broker does. The broker greets with a frame.</summary>
    private async Task UntilItAnswersAsync()
    {
        using var late = new CancellationTokenSource(StartDeadline);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, late.Token).ConfigureAwait(false);
                await client.GetStream().WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray(), late.Token).ConfigureAwait(false);
                if (await client.GetStream().ReadAsync(new byte[8], late.Token).ConfigureAwait(false) > 0)
                    return;
            }
            catch (Exception fault) when (fault is SocketException or IOException)
            {
                // Not yet.
            }

            await Task.Delay(100, late.Token).ConfigureAwait(false);
        }
    }
}
