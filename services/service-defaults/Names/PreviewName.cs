using System.Diagnostics.CodeAnalysis;

using Mambo.ServiceDefaults.Configuration;

namespace Mambo.ServiceDefaults.Names;

/// <summary>A preview of an app, such as <c>pr-12</c> of <c>shop</c>: an app of its own for a while, under the name <c>shop-pr-12</c>.</summary>
public static class PreviewName
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>What is wrong with how long a preview is to stay, and what to write instead. Null: nothing, or it was left out.</summary>
    public static string? FaultOfTtl(string? ttl) => ttl is null || (Duration.TryParse(ttl, out var length) && length >= Shortest && length <= Longest)
        ? null
        : $"{Quoted.Text(ttl)} is no time from 1m to {Longest.Days}d. Write it as 12h or 3d.";

    /// <summary>The name of the preview's own app. False: <paramref name="problem"/> says what to write instead.</summary>
    public static bool TryJoin(AppName of, string preview, out AppName app, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (AppName.TryParse($"{of}-{preview}", out app, out _))
            return true;
        problem = $"{Quoted.Text(preview)} is no name of a preview. Write lower-case letters, digits or single hyphens, such as \"pr-12\", so that with the app's name and a hyphen it has at most 40.";
        return false;
    }
}
