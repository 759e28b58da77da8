namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Section <c>health</c>. <c>/healthz</c> and <c>/readyz</c> need no token and hold no secret.</summary>
public sealed class HealthOptions
{
    /// <summary>Address and port of their own, such as <c>0.0.0.0:7410</c> in a container. Unset: they answer at <c>api.listen</c>, also in a service that has no API.</summary>
    [ListenAddress]
    public string? Listen { get; set; }
}
