namespace Mambo.ServiceDefaults.Configuration;

/// <summary>The command line of a service: <c>--home PATH</c>, <c>--set section.key=value</c> (as often as needed), nothing else.</summary>
internal sealed record HostArguments(string? Home, IReadOnlyList<string> Settings, IReadOnlyList<ConfigurationFault> Faults)
{
    public static HostArguments Parse(IReadOnlyList<string> arguments)
    {
        string? home = null;
        var settings = new List<string>();
        var faults = new List<ConfigurationFault>();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is not ("--home" or "--set"))
                faults.Add(new ConfigurationFault(arguments[i], "arguments", "there is no such argument", "The arguments are --home PATH and --set section.key=value."));
            else if (i + 1 == arguments.Count)
                faults.Add(new ConfigurationFault(arguments[i], "arguments", "it has no value", "Write --home PATH or --set section.key=value."));
            else if (arguments[i] == "--home")
                home = arguments[++i];
            else
                settings.Add(arguments[++i]);
        }

        return new HostArguments(home, settings, faults);
    }
}
