namespace Mambo.ServiceDefaults.Bus;

/// <summary>The state of the bus at one moment.</summary>
/// <param name="Broker">What the broker is called.</param>
/// <param name="Queues">How many queues this process has.</param>
/// <param name="Down">Those that are not listened to, each with the reason.</param>
/// <param name="Refused">The broker does not take our login; the library then gives up for good.</param>
/// <param name="Silence">Since the canary came back; since the start when it never has.</param>
internal sealed record BusReport(string Broker, int Queues, IReadOnlyDictionary<string, string> Down, bool Refused, TimeSpan Silence)
{
    /// <summary>Four canaries.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    /// <summary>No queue is reached, so it is the broker that is away.</summary>
    public bool Disconnected => Down.Count == Queues;

    /// <summary>Whether the process is well. Not so only when a restart may help; the reason says.</summary>
    public (bool Ok, string Reason) Alive() => this switch
    {
        { Refused: true } => (false, $"{Broker} refuses the login; a restart reads the password anew"),
        { Disconnected: true } => (true, $"{Broker} is away; the service reconnects by itself, a restart would not help"),
        _ when Silence <= LongestSilence => (true, $"the canary came back {Silence.TotalSeconds:0} s ago"),
        _ => (false, $"the canary has not come back for {Silence.TotalSeconds:0} s although {Broker} is connected"),
    };

    /// <summary>Whether every queue is listened to, and which is not.</summary>
    public (bool Ok, string Reason) Ready() => this switch
    {
        { Down.Count: 0 } => (true, $"{Broker} is connected"),
        { Disconnected: true } => (false, $"{Broker} is not connected: {Down.Values.First()}"),
        _ => (false, $"not listening to {string.Join("; ", Down.OrderBy(queue => queue.Key, StringComparer.Ordinal).Select(queue => $"{queue.Key} ({queue.Value})"))}"),
    };
}
