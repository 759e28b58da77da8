namespace Mambo.Contracts;

/// <summary>
/// The message's name on the wire, independent of its C# name: exchange <c>mambo.{name}</c>, queue <c>{name}.{host}</c>, AMQP header <c>mambo-type</c>.
/// Never changed once released.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class WireNameAttribute(string name) : Attribute
{
    /// <summary>Lower-case words joined by hyphens, such as <c>deploy-app</c>.</summary>
    public string Name { get; } = name;
}
