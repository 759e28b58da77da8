using System.Text.Json;

using Mambo.Contracts;
using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Timeline;

/// <summary>An event of the timeline, as the door shows it.</summary>
internal sealed record Event
{
    /// <summary>Its place, counted without gaps from 1.</summary>
    public required long Seq { get; init; }

    /// <summary>The message's id; the same event is recorded once.</summary>
    public required string Id { get; init; }

    /// <summary>Its wire name, such as <c>app-deployed</c>.</summary>
    public required string Type { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The host whose service told it. Empty: it did not say.</summary>
    public required string Host { get; init; }

    /// <summary>The event itself, as told.</summary>
    public required JsonElement Body { get; init; }

    /// <summary>SHA-256, in hexadecimal, over this event and the hash of the one before it.</summary>
    public required string Hash { get; init; }
}

/// <summary>Some events, oldest first.</summary>
/// <param name="Events">The events.</param>
/// <param name="Next">Give it as <c>after</c> to go on.</param>
internal sealed record EventPage(IReadOnlyList<Event> Events, long Next);

/// <summary>An event as it is stored: text and bytes exactly as the hash covers them.</summary>
internal sealed record StoredEvent(long Seq, string Id, string Type, string At, string Host, byte[] Body, string Hash)
{
    private static readonly HashSet<string> EndsOfDeployments =
    [
        WireNames.Of(typeof(AppDeployed)), WireNames.Of(typeof(DeploymentFailed)), WireNames.Of(typeof(DeploymentRolledBack)),
        WireNames.Of(typeof(DeploymentSuperseded)), WireNames.Of(typeof(DeploymentCancelled)),
        WireNames.Of(typeof(AppStarted)), WireNames.Of(typeof(AppStopped)), WireNames.Of(typeof(AppRestarted)), WireNames.Of(typeof(AppRemoved)),
        WireNames.Of(typeof(AppLocked)), WireNames.Of(typeof(AppUnlocked)),
    ];

    /// <summary>Nothing follows it in its deployment.</summary>
    public bool EndsDeployment => EndsOfDeployments.Contains(Type);

    /// <summary>Writes it in the form of <see cref="Event"/>, in one line.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("seq"u8, Seq);
        json.WriteString("id"u8, Id);
        json.WriteString("type"u8, Type);
        json.WriteString("at"u8, At);
        json.WriteString("host"u8, Host);
        json.WritePropertyName("body"u8);
        // A plain AMQP client may have sent it over several lines, which a stream of events has no room for.
        if (Body.AsSpan().ContainsAny((byte)'\n', (byte)'\r'))
            JsonElement.Parse(Body).WriteTo(json);
        else
            json.WriteRawValue(Body, skipInputValidation: true);
        json.WriteString("hash"u8, Hash);
        json.WriteEndObject();
    }
}
