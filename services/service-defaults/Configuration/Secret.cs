namespace Mambo.ServiceDefaults.Configuration;

/// <summary>A value that must not be seen: prints as <c>[REDACTED]</c>, and is read only where it is used.</summary>
public sealed class Secret(string name, string value)
{
    /// <summary>The secret's name, which may be shown.</summary>
    public string Name { get; } = name;

    /// <summary>The value itself. Never log, publish or store it.</summary>
    public string Reveal() => value;

    /// <inheritdoc/>
    public override string ToString() => "[REDACTED]";
}
