using Mambo.Contracts.Deployments;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>The faults of one message. Bounded: a body of a megabyte can hold a hundred thousand, and the answer carries them.</summary>
internal sealed class FieldFaults
{
    private const int Most = 50;

    private readonly List<FieldError> _found = [];
    private int _further;

    public IReadOnlyList<FieldError> Found => _further == 0 ? _found : [.. _found, new FieldError("…", $"There are {_further} more faults.")];

    public void Add(string field, string problem)
    {
        if (_found.Count < Most)
            _found.Add(new FieldError(field, problem));
        else
            _further++;
    }
}
