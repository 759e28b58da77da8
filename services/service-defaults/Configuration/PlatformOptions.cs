using System.ComponentModel.DataAnnotations;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Section <c>platform</c>.</summary>
public sealed class PlatformOptions
{
    /// <summary>Prefix of everything the platform makes in Docker. Unset: <c>mambo</c>, with six hexadecimal digits of the home's path appended when the home is not <c>/var/lib/mambo</c>.</summary>
    [RegularExpression("^[a-z][a-z0-9-]{0,30}$", ErrorMessage = "must be 1 to 31 lower-case letters, digits or hyphens and start with a letter")]
    public string? Name { get; set; }

    /// <summary>The name of this host in commands and queues. Default: <c>local</c>.</summary>
    [Required, RegularExpression("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", ErrorMessage = "must be a DNS label: 1 to 63 lower-case letters, digits or inner hyphens")]
    public string Host { get; set; } = "local";

    /// <summary>The domain under which apps answer; given to compose files as <c>MAMBO_DOMAIN</c>. Default: <c>localhost</c>.</summary>
    [Required]
    public string Domain { get; set; } = "localhost";
}
