using System.Net.Sockets;

namespace Mambo.Cli.Logs;

/// <summary>Where the Docker Engine answers: a socket of this machine, or TCP.</summary>
/// <param name="Socket">Path of the socket. Null: TCP.</param>
/// <param name="Api">Base address.</param>
internal sealed record EngineAddress(string? Socket, Uri Api)
{
    private const string Usual = "/var/run/docker.sock";

    /// <summary><c>DOCKER_HOST</c>, else the usual socket.</summary>
    /// <exception cref="CommandFailure">It is of a kind we cannot reach.</exception>
    public static EngineAddress Find(Surroundings surroundings)
    {
        var named = surroundings.Variable("DOCKER_HOST") ?? $"unix://{Usual}";
        if (named.StartsWith("unix://", StringComparison.Ordinal))
            return new EngineAddress(named["unix://".Length..], new Uri("http://docker/"));
        if (Uri.TryCreate(named, UriKind.Absolute, out var address) && address.Scheme is "tcp" or "http" && address.Host.Length > 0)
            return new EngineAddress(null, new UriBuilder("http", address.Host, address.IsDefaultPort || address.Port < 0 ? 2375 : address.Port).Uri);
        throw new CommandFailure(
            $"DOCKER_HOST is {named}; unix:// and tcp:// can be reached from here.",
            ["Run the command on the host itself, or forward its socket: ssh -L /tmp/docker.sock:/var/run/docker.sock HOST"]);
    }

    /// <summary>Connects, as <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = Socket is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true } : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await (Socket is null ? socket.ConnectAsync(context.DnsEndPoint, ct) : socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), ct));
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override string ToString() => Socket ?? Api.ToString();
}
