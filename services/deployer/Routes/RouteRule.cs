using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Mambo.Deployer.Routes;

/// <summary>
/// Reads a router's rule in Traefik's language: <c>Host(`a`, `b`)</c> and <c>PathPrefix(`/p`)</c>, joined by <c>&amp;&amp;</c>, <c>||</c> and parentheses, names in
/// backticks or double quotes. The result is the list of host and prefix pairs that together mean the same.
/// </summary>
internal sealed partial class RouteRule
{
    private const string Supported = "Host and PathPrefix, joined by && and ||, are supported now.";
    private const int MostAlternatives = 100;
    private const int MostNesting = 20;

    private readonly string _text;
    private int _at;
    private int _depth;

    private RouteRule(string text) => _text = text;

    /// <summary>False: <paramref name="problem"/> says what is wrong with the rule, as the text of a field error.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IReadOnlyList<(string Host, string PathPrefix)>? matches, [NotNullWhen(false)] out string? problem)
    {
        (matches, problem) = (null, null);
        try
        {
            matches = new RouteRule(text).Read();
        }
        catch (FormatException fault)
        {
            problem = fault.Message;
        }

        return matches is not null;
    }

    private List<(string Host, string PathPrefix)> Read()
    {
        var alternatives = Either();
        if (Peek() != '\0')
            throw Unexpected("&&, || or the end");
        if (alternatives.Any(match => match.Host is null))
            throw new FormatException("The rule has a part without Host: it would take requests of every app. Add && Host(`…`).");
        return [.. alternatives.Select(match => (match.Host!, match.Path ?? "/")).Distinct()];
    }

    private List<Match> Either()
    {
        if (++_depth > MostNesting)
            throw new FormatException($"The rule nests deeper than {MostNesting} parentheses.");
        var alternatives = Both();
        while (Take("||"))
            alternatives.AddRange(Both());
        _depth--;
        return AtMost(alternatives);
    }

    private List<Match> Both()
    {
        var alternatives = Part();
        while (Take("&&"))
        {
            var further = Part();
            alternatives = AtMost([.. alternatives.SelectMany(one => further, (one, other) => one.And(other))]);
        }

        return alternatives;
    }

    private List<Match> Part()
    {
        if (Take("("))
        {
            var inner = Either();
            Expect(")");
            return inner;
        }

        if (Peek() == '!')
            throw new FormatException($"The rule uses !, which is not supported. {Supported}");
        var name = Name();
        if (name is not ("Host" or "PathPrefix"))
            throw new FormatException($"The rule uses {name}, which is not supported. {Supported}");

        Expect("(");
        var alternatives = new List<Match>();
        do
        {
            var value = Quoted();
            alternatives.Add(name == "Host" ? new Match(HostOf(value), null) : new Match(null, PathOf(value)));
        }
        while (Take(","));
        Expect(")");
        return alternatives;
    }

    private string Name()
    {
        Peek();
        var start = _at;
        while (_at < _text.Length && char.IsAsciiLetter(_text[_at]))
            _at++;
        return _at > start ? _text[start.._at] : throw Unexpected("a function such as Host(`…`)");
    }

    private string Quoted()
    {
        var quote = Peek();
        if (quote is not ('`' or '"'))
            throw Unexpected("a name in backticks or double quotes");
        var end = _text.IndexOf(quote, _at + 1);
        if (end < 0)
            throw new FormatException($"The rule opens a {quote} at position {_at + 1} and never closes it.");
        var value = _text[(_at + 1)..end];
        _at = end + 1;
        return value;
    }

    private char Peek()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
        return _at < _text.Length ? _text[_at] : '\0';
    }

    private bool Take(string token)
    {
        Peek();
        if (string.CompareOrdinal(_text, _at, token, 0, token.Length) != 0)
            return false;
        _at += token.Length;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token))
            throw Unexpected(token);
    }

    private FormatException Unexpected(string wanted) =>
        new($"The rule has {(Peek() == '\0' ? "its end" : $"'{_text[_at]}'")} at position {_at + 1}, where {wanted} should be.");

    private static List<Match> AtMost(List<Match> alternatives) => alternatives.Count <= MostAlternatives
        ? alternatives
        : throw new FormatException($"The rule means more than {MostAlternatives} pairs of host and path.");

    private static string HostOf(string value)
    {
        var host = value.ToLowerInvariant();
        return host.Length <= 253 && HostPattern().IsMatch(host)
            ? host
            : throw new FormatException($"Host(`{value}`) is no host name. Write a DNS name without scheme, port or path, such as shop.example.com.");
    }

    private static string PathOf(string value) => value.StartsWith('/') && value.Length <= 1000 && !value.Any(letter => char.IsControl(letter) || letter is ' ' or '?' or '#')
        ? value
        : throw new FormatException($"PathPrefix(`{value}`) is no path. Write one that begins with / and has no query.");

    [GeneratedRegex(@"\A[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostPattern();

    private readonly record struct Match(string? Host, string? Path)
    {
        public Match And(Match other)
        {
            if (Host is not null && other.Host is not null && Host != other.Host)
                throw new FormatException($"The rule asks for the hosts {Host} and {other.Host} at once, which no request has. Join them by ||.");
            return new Match(Host ?? other.Host, Longer(Path, other.Path));
        }

        private static string? Longer(string? one, string? other) => (one, other) switch
        {
            (null, _) => other,
            (_, null) => one,
            _ when one.StartsWith(other, StringComparison.Ordinal) => one,
            _ when other.StartsWith(one, StringComparison.Ordinal) => other,
            _ => throw new FormatException($"The rule asks for the paths {one} and {other} at once, which no request has. Join them by ||."),
        };
    }
}
