namespace Mambo.Deployer.Traefik;

/// <summary>Whose containers a Traefik service sends requests to.</summary>
/// <param name="Services">The compose services that declare it.</param>
/// <param name="Scheme"><c>http</c>, <c>https</c> or <c>h2c</c>.</param>
/// <param name="Port">The port they listen on. Null: the one the image exposes.</param>
/// <param name="Url">A fixed address in place of containers. Null: containers.</param>
internal sealed record TraefikBackend(IReadOnlyList<string> Services, string Scheme, int? Port, string? Url)
{
    /// <summary>Where one container is reached.</summary>
    /// <param name="address">Its IP address.</param>
    /// <param name="port">The port it listens on.</param>
    public string UrlOf(string address, int port) => $"{Scheme}://{(address.Contains(':') ? $"[{address}]" : address)}:{port}";
}
