namespace Mambo.Backoffice.Dashboard;

/// <summary>A file of the dashboard, ready to be sent.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="ETag">Its entity tag, quotes included. Unset: it is not to be kept.</param>
internal sealed record DashboardFile(byte[] Content, string ContentType, string? ETag);
