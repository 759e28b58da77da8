using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Where a service listens: <c>127.0.0.1:7400</c>, <c>[::1]:7400</c>, <c>localhost:7400</c>, or <c>*:7400</c> for every address. Port 0: any free one.</summary>
public static class ListenAddress
{
    /// <summary>Reads an address that has passed the check of the configuration.</summary>
    /// <exception cref="FormatException">It is not an address and port.</exception>
    public static IPEndPoint Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"\"{text}\" is not an address and port.");

    /// <summary>False when it is not an IP address (or <c>localhost</c>, or <c>*</c>), a colon and a port.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out IPEndPoint? address)
    {
        address = null;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon < 1 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;

        var host = text![..colon];
        var ip = host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => IPAddress.Any,
            ['[', .. var inner, ']'] when inner.Contains(':') && IPAddress.TryParse(inner, out var six) => six,
            // "7400" and "127.1" are addresses to IPAddress; nobody means that.
            _ when host.Count(letter => letter == '.') == 3 && IPAddress.TryParse(host, out var four) => four,
            _ => null,
        };
        address = ip is null ? null : new IPEndPoint(ip, port);
        return address is not null;
    }

    /// <summary>Whether two listeners cannot both have their port.</summary>
    internal static bool Collide(IPEndPoint one, IPEndPoint other) =>
        one.Port != 0 && one.Port == other.Port && (one.Address.Equals(other.Address) || IsEveryAddress(one) || IsEveryAddress(other));

    private static bool IsEveryAddress(IPEndPoint address) => address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any);
}

/// <summary>Marks an option that is an address to listen on.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListenAddressAttribute() : ValidationAttribute("must be an address and port such as 127.0.0.1:7400")
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is null || ListenAddress.TryParse(value as string, out _);
}
