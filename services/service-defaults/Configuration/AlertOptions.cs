using System.ComponentModel.DataAnnotations;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Section <c>alerts</c>. The access token is the secret <c>ntfy-token</c> (<c>MAMBO_NTFY_TOKEN</c>); unset: the server is asked without one.</summary>
public sealed class AlertOptions
{
    /// <summary>The ntfy server. Default: <c>https://ntfy.sh</c>.</summary>
    [Required]
    public Uri Server { get; set; } = new("https://ntfy.sh");

    /// <summary>The topic phones subscribe to, 1 to 64 of <c>A-Z a-z 0-9 _ -</c>. Unset: nothing is sent, and the log says so once.</summary>
    [RegularExpression("^[-_A-Za-z0-9]{1,64}$", ErrorMessage = "must be 1 to 64 letters, digits, hyphens or underscores")]
    public string? Topic { get; set; }

    /// <summary>Notifications that may be sent at once. Default: 30, half of what an ntfy server grants a visitor.</summary>
    [Range(1, 1000)]
    public int Burst { get; set; } = 30;

    /// <summary>Time in which one more may be sent. Default: 5 seconds, as an ntfy server refills.</summary>
    public TimeSpan RefillInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long delivery is tried before it is given up. Default: 3 days.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(3);
}
