using System.Collections.Frozen;
using System.Reflection;

namespace Mambo.Contracts;

/// <summary>Every message of the platform by its wire name.</summary>
public static class WireNames
{
    private static readonly FrozenDictionary<string, Type> ByName = typeof(WireNames).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<WireNameAttribute>() is not null)
        .ToFrozenDictionary(type => type.GetCustomAttribute<WireNameAttribute>()!.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<Type, string> ByType = ByName.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>All commands.</summary>
    public static IReadOnlyList<Type> Commands { get; } = [.. ByName.Values.Where(type => type.IsSubclassOf(typeof(Command)))];

    /// <summary>All events.</summary>
    public static IReadOnlyList<Type> Events { get; } = [.. ByName.Values.Where(type => type.IsSubclassOf(typeof(PlatformEvent)))];

    /// <summary>The wire name of a message type.</summary>
    /// <exception cref="KeyNotFoundException">The type carries no <see cref="WireNameAttribute"/>.</exception>
    public static string Of(Type type) => ByType.TryGetValue(type, out var name)
        ? name
        : throw new KeyNotFoundException($"{type} is not a message of the platform: it has no [WireName].");

    /// <summary>The message type of a wire name, or null when this version knows no such message.</summary>
    public static Type? Find(string name) => ByName.GetValueOrDefault(name);
}
