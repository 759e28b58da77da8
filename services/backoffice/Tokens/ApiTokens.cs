using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Backoffice.Tokens;

/// <summary>
/// Who may pass the door: the secret <c>api-tokens</c>, one token a line as <c>name sha256:HEX</c>, where HEX is the SHA-256 of the token. Empty lines and lines that begin
/// with <c>#</c> are skipped. Whoever reads the file learns no token.
/// </summary>
internal sealed partial class ApiTokens
{
    /// <summary>The secret's name.</summary>
    public const string Secret = "api-tokens";

    private const string Remedy = "Write a name and the SHA-256 of the token, as in: ci sha256:HEX, with HEX from: printf %s \"$TOKEN\" | sha256sum";

    private readonly List<(string Name, byte[] Hash)> _tokens = [];

    private ApiTokens()
    {
    }

    /// <summary>Lets nobody in.</summary>
    public static ApiTokens None => new();

    /// <summary>Reads the secret. Every fault is found and named by its line; no fault quotes a line, which may hold a token by mistake.</summary>
    public static ApiTokens Parse(string text, List<ConfigurationFault> faults)
    {
        var tokens = new ApiTokens();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var number = 1; number <= lines.Length; number++)
        {
            var line = lines[number - 1].Trim();
            if (line.Length == 0 || line.StartsWith('#'))
                continue;
            if (tokens.Add(line) is { } problem)
                faults.Add(new ConfigurationFault($"secret {Secret}", $"line {number}", problem, Remedy));
        }

        if (lines.All(line => line.Trim() is "" or ['#', ..]))
            faults.Add(new ConfigurationFault($"secret {Secret}", null, "it holds no token", Remedy));
        return tokens;
    }

    /// <summary>Whether a token of this name is in the secret.</summary>
    public bool Has(string name) => _tokens.Any(known => known.Name == name);

    /// <summary>The name of a token's owner, or null for a token that is not known. Takes as long for every token.</summary>
    public string? NameOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        string? found = null;
        foreach (var (name, known) in _tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, known))
                found = name;
        }

        return found;
    }

    private string? Add(string line)
    {
        var match = Line().Match(line);
        if (!match.Success)
            return "it is no name followed by a space and sha256: with 64 hexadecimal digits";

        var (name, hash) = (match.Groups["name"].Value, Convert.FromHexString(match.Groups["hash"].ValueSpan));
        if (_tokens.Any(known => known.Name == name))
            return $"the name {name} is taken by an earlier line";
        if (_tokens.FirstOrDefault(known => known.Hash.AsSpan().SequenceEqual(hash)) is { Name: { } other })
            return $"{name} has the same token as {other}";
        _tokens.Add((name, hash));
        return null;
    }

    [GeneratedRegex(@"\A(?<name>[A-Za-z0-9][A-Za-z0-9._-]{0,63})[ \t]+sha256:(?<hash>[0-9a-fA-F]{64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
