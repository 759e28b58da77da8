using System.ComponentModel.DataAnnotations;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>What a process was told, and everything that is wrong with it.</summary>
/// <param name="Options">Usable even when there are faults: a faulty setting is left at its default, so that the rest can be checked too.</param>
/// <param name="Faults">Empty: start.</param>
internal sealed record LoadedConfiguration(MamboOptions Options, IReadOnlyList<ConfigurationFault> Faults);

/// <summary>Reads the settings of file, environment and arguments, later ones winning, and checks each.</summary>
internal static class ConfigurationLoader
{
    public static LoadedConfiguration Load(string? yaml, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> arguments)
    {
        var faults = new List<ConfigurationFault>();
        var options = new MamboOptions();
        Setting[] settings =
        [
            .. YamlSettings.Read(yaml ?? "", faults),
            .. Variables(environment, faults),
            .. Arguments(arguments, faults),
        ];

        foreach (var setting in settings)
            Apply(setting, options, faults);
        return new LoadedConfiguration(options, faults);
    }

    /// <summary>Single underscores in a key are for the eye: <c>MAMBO_API__MAX_BUNDLE_BYTES</c> is <c>api.maxBundleBytes</c>. An empty variable is an unset one.</summary>
    private static List<Setting> Variables(IReadOnlyDictionary<string, string> environment, List<ConfigurationFault> faults)
    {
        var settings = new List<Setting>();
        foreach (var (variable, text) in environment.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith("MAMBO_", StringComparison.OrdinalIgnoreCase) || !variable.Contains("__", StringComparison.Ordinal) || text.Length == 0)
                continue;
            var option = OptionDefinition.All.FirstOrDefault(option => Plain(option.Variable).Equals(Plain(variable), StringComparison.OrdinalIgnoreCase));
            if (option is null)
                faults.Add(UnknownKeys.Variable(variable));
            else
                settings.Add(new Setting(option, text, $"environment {variable}"));
        }

        return settings;

        static string Plain(string variable)
        {
            var section = variable.IndexOf("__", StringComparison.Ordinal);
            return variable[..(section + 2)] + variable[(section + 2)..].Replace("_", "", StringComparison.Ordinal);
        }
    }

    private static List<Setting> Arguments(IReadOnlyList<string> arguments, List<ConfigurationFault> faults)
    {
        var settings = new List<Setting>();
        foreach (var argument in arguments)
        {
            var (key, text) = argument.Split('=', 2) is [var left, var right] ? (left, right) : (argument, null);
            var option = OptionDefinition.All.FirstOrDefault(option => option.Key == key);
            if (option is null)
                faults.Add(UnknownKeys.Argument(key));
            else if (text is null)
                faults.Add(new ConfigurationFault(key, "argument --set", "it has no value", $"Write --set {key}=value."));
            else
                settings.Add(new Setting(option, text, "argument --set"));
        }

        return settings;
    }

    private static void Apply(Setting setting, MamboOptions options, List<ConfigurationFault> faults)
    {
        var option = setting.Option;
        var (value, problem) = OptionText.Parse(option, setting.Text);
        if (problem is null)
        {
            problem = option.Rules.Select(rule => Broken(rule, value, option)).FirstOrDefault(broken => broken is not null);
            if (problem is null)
            {
                option.Write(options, value);
                return;
            }
        }

        var fallback = OptionText.Format(option, option.Default);
        var unset = fallback is not null ? $", or leave it out for the default, {fallback}"
            : option.Rules.OfType<RequiredAttribute>().Any() ? "" : ", or leave it out";
        faults.Add(new ConfigurationFault(option.Key, setting.Origin, problem, $"{OptionText.Example(option)}{unset}."));
    }

    private static string? Broken(ValidationAttribute rule, object? value, OptionDefinition option) => rule switch
    {
        _ when rule.IsValid(value) => null,
        RequiredAttribute => "it must not be empty",
        RangeAttribute range when option.IsByteSize => $"it must be between {ByteSize.Format(Convert.ToInt64(range.Minimum))} and {ByteSize.Format(Convert.ToInt64(range.Maximum))}",
        RangeAttribute range => $"it must be between {range.Minimum} and {range.Maximum}",
        _ => $"it {rule.ErrorMessage ?? rule.FormatErrorMessage(option.Name)}",
    };
}
