using Mambo.ServiceDefaults.Configuration;

namespace Mambo.ServiceDefaults.Hosts;

/// <summary>Blots secrets out of lines. A secret of several lines is blotted out line by line.</summary>
internal sealed class Redaction(IReadOnlyList<Secret> secrets)
{
    private readonly string[] _values =
    [
        .. secrets.SelectMany(secret => secret.Reveal().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Distinct().OrderByDescending(value => value.Length),
    ];

    public string Of(string line) => _values.Aggregate(line, (text, value) => text.Replace(value, "[REDACTED]", StringComparison.Ordinal));
}
