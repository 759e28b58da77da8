using System.Globalization;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Between the text of a setting and the typed value of its option.</summary>
internal static class OptionText
{
    private const string Zero = "0s";

    /// <summary>The value, or what is wrong with the text.</summary>
    public static (object? Value, string? Problem) Parse(OptionDefinition option, string text) => option switch
    {
        { Type: var type } when type == typeof(string) => (text, null),
        { IsByteSize: true } => ByteSize.TryParse(text, out var bytes) ? (bytes, null) : (null, $"{Quote(text)} is not an amount of data"),
        { Type: var type } when type == typeof(long) => Number(text, long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number), number),
        { Type: var type } when type == typeof(int) => Number(text, int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number), number),
        { Type: var type } when type == typeof(bool) => bool.TryParse(text, out var flag) ? (flag, null) : (null, $"{Quote(text)} is neither true nor false"),
        { MayBeZero: true } when text.Trim() == Zero => (TimeSpan.Zero, null),
        { Type: var type } when type == typeof(TimeSpan) => Duration.TryParse(text, out var time) ? (time, null) : (null, $"{Quote(text)} is not a time"),
        { Type: var type } when type == typeof(Uri) => Address(text),
        { Type.IsEnum: true } => Choice(option.Type, text),
        { IsList: true } => (text.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), null),
        _ => throw new NotSupportedException($"{option.Key} is a {option.Type.Name}, which the configuration cannot read."),
    };

    /// <summary>What to write instead, with an example of the right kind.</summary>
    public static string Example(OptionDefinition option) => option switch
    {
        { IsByteSize: true } => "Write bytes or a size such as 100MiB",
        { Type: var type } when type == typeof(long) || type == typeof(int) => "Write a whole number such as 5",
        { Type: var type } when type == typeof(bool) => "Write true or false",
        { Type: var type } when type == typeof(TimeSpan) => $"Write a number and a unit, such as 90s, 10m, 2h or 3d, up to 49d{(option.MayBeZero ? $", or {Zero} for not at all" : "")}",
        { Type: var type } when type == typeof(Uri) => "Write a whole address such as https://example.org",
        { Type.IsEnum: true } => $"Write {string.Join(" or ", Choices(option.Type))}",
        { IsList: true } => "Write a list of texts such as [a, b]",
        _ => "Write a text",
    };

    /// <summary>The value as <c>mambo.yml</c> would say it. Null: unset.</summary>
    public static string? Format(OptionDefinition option, object? value) => value switch
    {
        null => null,
        long bytes when option.IsByteSize => ByteSize.Format(bytes),
        TimeSpan time => Duration.Format(time),
        Uri address => address.OriginalString,
        Enum choice => OptionDefinition.CamelCase(choice.ToString()),
        bool flag => flag ? "true" : "false",
        IReadOnlyList<string> list => string.Join(", ", list),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    public static IEnumerable<string> Choices(Type type) => Enum.GetNames(type).Select(OptionDefinition.CamelCase);

    private static (object?, string?) Number(string text, bool parsed, object number) =>
        parsed ? (number, null) : (null, $"{Quote(text)} is not a whole number");

    private static (object?, string?) Choice(Type type, string text)
    {
        var name = Enum.GetNames(type).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name is null ? (null, $"{Quote(text)} is not one of its values") : (Enum.Parse(type, name), null);
    }

    private static (object?, string?) Address(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0)
            return (null, $"{(text.Contains('@') ? "it" : Quote(text))} is not an http or https address");
        // Addresses are shown in logs; the text with the password in it is not repeated here either.
        return address.UserInfo.Length > 0 ? (null, "a user or password in an address would end up in logs") : (address, null);
    }

    private static string Quote(string text) => $"\"{(text.Length > 60 ? text[..60] + "..." : text).ReplaceLineEndings(" ")}\"";
}
