using Serilog.Context;

namespace Mambo.ServiceDefaults.Telemetry;

/// <summary>Attributes on every log line written inside, also by code that knows nothing of them.</summary>
public static class LogScope
{
    /// <summary>As in <c>using (LogScope.Of(("app", app), ("deployment_id", id)))</c>. Same as <c>ILogger.BeginScope</c> with a dictionary.</summary>
    public static IDisposable Of(params ReadOnlySpan<(string Name, object? Value)> properties)
    {
        var scope = new Pushed(properties.Length);
        foreach (var (name, value) in properties)
            scope.Add(LogContext.PushProperty(name, value));
        return scope;
    }

    private sealed class Pushed(int count) : IDisposable
    {
        private readonly Stack<IDisposable> _properties = new(count);

        public void Add(IDisposable property) => _properties.Push(property);

        public void Dispose()
        {
            while (_properties.TryPop(out var property))
                property.Dispose();
        }
    }
}
