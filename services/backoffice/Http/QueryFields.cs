using System.Globalization;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Backoffice.Http;

/// <summary>Reads the parameters of a request's query and gathers every fault of them, those that do not exist included.</summary>
internal sealed class QueryFields(IQueryCollection query)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<FieldError> _errors = [];

    /// <summary>The text of a parameter; null when it is unset or empty.</summary>
    public string? Text(string name)
    {
        _known.Add(name);
        if (!query.TryGetValue(name, out var values))
            return null;
        if (values.Count > 1)
            Add(name, "It is given more than once.");
        return values is [{ Length: > 0 } text, ..] ? text : null;
    }

    /// <summary>A whole number in a range.</summary>
    public long? Number(string name, long least, long most)
    {
        if (Text(name) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Add(name, most == long.MaxValue
            ? $"{Quoted.Text(text)} is no whole number from {least}."
            : $"{Quoted.Text(text)} is no whole number from {least} to {most}.");
        return null;
    }

    public Guid? Id(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (Guid.TryParseExact(text, "D", out var id))
            return id;
        Add(name, $"{Quoted.Text(text)} is no id. Write one such as 01980c5e-7b1a-7c3e-9a55-3f0d5b2c8e11.");
        return null;
    }

    public string? App(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (!AppName.TryParse(text, out _, out var problem))
            Add(name, problem);
        return text;
    }

    public void Add(string name, string problem) => _errors.Add(new FieldError(name, problem));

    /// <summary>To be called after all parameters were asked for. Null: no fault.</summary>
    public Problem? Faults()
    {
        var known = string.Join(", ", _known);
        foreach (var name in query.Keys.Where(name => !_known.Contains(name)))
            Add(name, known.Length == 0 ? "There is no such parameter; this path has none." : $"There is no such parameter. There are: {known}.");
        return _errors.Count == 0 ? null : Problem.Faulty(_errors);
    }
}
