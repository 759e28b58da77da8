using System.ComponentModel.DataAnnotations;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>What carries the messages.</summary>
public enum BusTransport
{
    /// <summary>Inside the process; only for the all-in-one host.</summary>
    InMemory,

    /// <summary>RabbitMQ 4.</summary>
    RabbitMq,
}

/// <summary>Section <c>bus</c>. The password is the secret <c>bus-password</c> (<c>MAMBO_BUS_PASSWORD</c>).</summary>
public sealed class BusOptions
{
    /// <summary>What carries the messages. Default: in memory for the all-in-one host, RabbitMQ for a single service.</summary>
    public BusTransport? Transport { get; set; }

    /// <summary>RabbitMQ's host name. Default: <c>127.0.0.1</c>.</summary>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>RabbitMQ's AMQP port. Default: 5672.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 5672;

    /// <summary>RabbitMQ's virtual host. Default: <c>/</c>.</summary>
    [Required]
    public string VirtualHost { get; set; } = "/";

    /// <summary>The user every service signs in as. Default: <c>mambo</c>.</summary>
    [Required]
    public string User { get; set; } = "mambo";
}
