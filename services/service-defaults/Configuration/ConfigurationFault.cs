namespace Mambo.ServiceDefaults.Configuration;

/// <summary>One thing that is wrong with the configuration, in the words an operator needs to mend it. Never holds a secret's value.</summary>
/// <param name="Key">What it is about, such as <c>api.listen</c> or <c>secret bus-password</c>.</param>
/// <param name="Origin">Where it was set, such as <c>mambo.yml, line 12</c>. Null: nowhere, it is missing.</param>
/// <param name="Problem">What is wrong, as the rest of a sentence.</param>
/// <param name="Remedy">What to do about it, as a sentence.</param>
public sealed record ConfigurationFault(string Key, string? Origin, string Problem, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key}{(Origin is null ? "" : $" ({Origin})")}: {Problem}. {Remedy}";
}

/// <summary>The process cannot start: every fault of its configuration, found in one go.</summary>
public sealed class ConfigurationFaultsException(string service, IReadOnlyList<ConfigurationFault> faults) : Exception(Describe(service, faults))
{
    /// <summary>At least one.</summary>
    public IReadOnlyList<ConfigurationFault> Faults { get; } = faults;

    private static string Describe(string service, IReadOnlyList<ConfigurationFault> faults)
    {
        var count = faults.Count == 1 ? "1 fault" : $"{faults.Count} faults";
        return $"{service}: the configuration has {count}; nothing was started.\n" + string.Join('\n', faults.Select(fault => $"  {fault}"));
    }
}
