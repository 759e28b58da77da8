namespace Mambo.ServiceDefaults.Names;

/// <summary>A stranger's text inside one of our messages.</summary>
public static class Quoted
{
    /// <summary>In quotes, at most 60 characters, without control characters.</summary>
    public static string Text(string text)
    {
        var shown = text.Length > 60 ? text[..60] + "…" : text;
        return $"\"{string.Concat(shown.Select(letter => char.IsControl(letter) ? '?' : letter))}\"";
    }
}
