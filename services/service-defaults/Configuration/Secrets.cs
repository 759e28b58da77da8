using System.Text;
using System.Text.RegularExpressions;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>
/// Values that must not be seen. <c>ntfy-token</c> is taken from the first of: the variable <c>MAMBO_NTFY_TOKEN</c>, the file named by
/// <c>MAMBO_NTFY_TOKEN_FILE</c>, the file <c>secrets/ntfy-token</c> in the home. Files must not be readable by group or others; one newline at the end is dropped.
/// </summary>
public sealed partial class Secrets(MamboPaths paths, IReadOnlyDictionary<string, string> environment)
{
    /// <summary>Names are lower-case letters, digits and hyphens; no bigger file is a secret.</summary>
    private const int LargestFile = 64 * 1024;

    /// <summary>Null when it is set nowhere.</summary>
    /// <exception cref="InvalidOperationException">It is set but must not or cannot be used: the message says why and what to do.</exception>
    public Secret? Find(string name)
    {
        var (secret, fault) = Look(name);
        return fault is null ? secret : throw new InvalidOperationException(fault.ToString());
    }

    /// <summary>For a secret the service has asked for with <c>RequireSecret</c>, so that its lack was found at start.</summary>
    /// <exception cref="InvalidOperationException">It is missing, or must not be used: the message says why and what to do.</exception>
    public Secret Require(string name) => Find(name) ?? throw new InvalidOperationException(Missing(name).ToString());

    internal ConfigurationFault? Check(string name)
    {
        var (secret, fault) = Look(name);
        return fault ?? (secret is null ? Missing(name) : null);
    }

    /// <summary>Whatever is set must be usable, though it need not be set.</summary>
    internal ConfigurationFault? CheckIfSet(string name) => Look(name).Fault;

    /// <summary>Every secret kept in the home must be closed to other users, whoever asks for it.</summary>
    internal IEnumerable<ConfigurationFault> CheckKept() =>
        Directory.Exists(paths.Secrets)
            ? Directory.EnumerateFiles(paths.Secrets).Order(StringComparer.Ordinal).Where(file => Name().IsMatch(Path.GetFileName(file)))
                .Select(file => Read(Path.GetFileName(file), file, file).Fault).OfType<ConfigurationFault>()
            : [];

    private (Secret? Secret, ConfigurationFault? Fault) Look(string name)
    {
        if (!Name().IsMatch(name))
            throw new ArgumentException($"\"{name}\" is no name of a secret: lower-case letters, digits and hyphens.", nameof(name));

        var variable = Variable(name);
        if (environment.TryGetValue(variable, out var value) && value.Length > 0)
            return (new Secret(name, value), null);
        if (environment.TryGetValue($"{variable}_FILE", out var file) && file.Length > 0)
            return Read(name, file, $"{variable}_FILE");

        var kept = Path.Combine(paths.Secrets, name);
        return File.Exists(kept) ? Read(name, kept, kept) : (null, null);
    }

    private static (Secret? Secret, ConfigurationFault? Fault) Read(string name, string file, string origin)
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
                return Fault($"the file {file} does not exist", "Make it, with mode 600, or unset the variable.");
            var target = info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file;
            if ((File.GetUnixFileMode(target) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
                return Fault($"the file {file} can be read by other users", $"Run: chmod 600 {target}");
            if (info.Length > LargestFile)
                return Fault($"the file {file} is larger than {LargestFile / 1024} KiB", "Put only the secret into it.");

            var text = File.ReadAllText(target, Encoding.UTF8);
            text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
            return text.Length == 0 ? Fault($"the file {file} is empty", "Put the secret into it.") : (new Secret(name, text), null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Fault($"the file {file} cannot be read: {error.Message}", "Make it readable for the user the service runs as, and nobody else.");
        }

        (Secret?, ConfigurationFault?) Fault(string problem, string remedy) => (null, new ConfigurationFault($"secret {name}", origin, problem, remedy));
    }

    private ConfigurationFault Missing(string name) => new(
        $"secret {name}", null, "it is missing",
        $"Put it into {Path.Combine(paths.Secrets, name)} (mode 600), or set {Variable(name)} or {Variable(name)}_FILE; mambo init makes the ones of the platform itself.");

    private static string Variable(string name) => $"MAMBO_{name.ToUpperInvariant().Replace('-', '_')}";

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex Name();
}
