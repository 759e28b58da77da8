using Mambo.Backoffice.Deployments;
using Mambo.Backoffice.Http;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Backoffice.Apps;

/// <summary>Makes a command about an app out of a path and a body, or says everything that is wrong with them.</summary>
internal static class AppRequestReader
{
    private static readonly TimeSpan LongestLock = TimeSpan.FromDays(30);

    /// <summary>The body may be missing.</summary>
    public static TCommand Read<TCommand>(string app, ReadOnlyMemory<byte> body, List<FieldError> errors)
        where TCommand : AppCommand, new() => new TCommand
        {
            App = App(app, errors),
            Host = body.IsEmpty ? null : Host(new JsonFields(body, """{"host":"web-1"}""", ["host"], errors), errors),
        };

    /// <summary>The body may be missing.</summary>
    public static RemoveApp ReadRemoval(string app, ReadOnlyMemory<byte> body, List<FieldError> errors)
    {
        var command = new RemoveApp { App = App(app, errors) };
        if (body.IsEmpty)
            return command;
        var json = new JsonFields(body, """{"volumes":true}""", ["volumes", "host"], errors);
        return command with { Volumes = json.Flag("volumes"), Host = Host(json, errors) };
    }

    /// <param name="app">From the path.</param>
    /// <param name="body">The bytes of the body.</param>
    /// <param name="now">When the lease begins.</param>
    /// <param name="errors">Where faults go.</param>
    public static LockApp ReadLock(string app, ReadOnlyMemory<byte> body, DateTimeOffset now, List<FieldError> errors)
    {
        var command = new LockApp { App = App(app, errors) };
        var json = new JsonFields(body, """{"reason":"moving the database","for":"2h"}""", ["reason", "for", "host"], errors);
        if (!json.IsObject)
            return command;
        var before = errors.Count;
        var reason = json.Line("reason", DeploymentRequestReader.LongestReason);
        if (string.IsNullOrWhiteSpace(reason) && errors.Count == before)
            json.Add("reason", "It is missing. Say why, for those whose deployments are rejected.");
        var lease = TimeSpan.Zero;
        if (json.Text("for") is { } length && (!Duration.TryParse(length, out lease) || lease > LongestLock))
            json.Add("for", $"{Quoted.Text(length)} is no time a lock can last. Write a number and m, h or d, such as 90m, 2h or 3d, up to {LongestLock.Days}d.");
        return command with { Reason = reason, EndsAt = lease > TimeSpan.Zero ? now + lease : null, Host = Host(json, errors) };
    }

    private static string App(string app, List<FieldError> errors)
    {
        if (!AppName.TryParse(app, out _, out var problem))
            errors.Add(new FieldError("app", problem));
        return app;
    }

    private static string? Host(JsonFields json, List<FieldError> errors)
    {
        var host = json.Text("host");
        DeploymentRequestReader.CheckHost(host, errors);
        return host;
    }
}
