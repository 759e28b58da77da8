using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Mambo.Cli.Homes;

/// <summary>The ports of a platform: an even one for the API, the next for the edge. They follow from the home's path, so that platforms of one machine do not meet.</summary>
internal readonly record struct PortPair(int Api, int Edge)
{
    /// <summary>Pairs lie in 20000 to 29999, below the ports systems give to outgoing connections.</summary>
    private const int First = 20_000;

    private const int Pairs = 5_000;

    /// <summary>The pair of this path, or the next one that is free.</summary>
    public static PortPair Of(string home, Func<int, bool> isFree)
    {
        var start = (int)(BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(home))) % Pairs);
        for (var tried = 0; tried < Pairs; tried++)
        {
            var api = First + ((start + tried) % Pairs * 2);
            if (isFree(api) && isFree(api + 1))
                return new PortPair(api, api + 1);
        }

        throw new CommandFailure("No two free ports from 20000 to 29999 on 127.0.0.1.", ["Write api.listen and edge.listen into mambo.yml yourself."]);
    }

    /// <summary>Nobody listens there now.</summary>
    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
