using System.Text.RegularExpressions;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Previews;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Deployer.Acceptance;

/// <summary>A <see cref="DeployApp"/> with everything that was left out filled in, and every fault found in it.</summary>
/// <param name="Id">The deployment's id.</param>
/// <param name="Command">Complete when there are no faults.</param>
/// <param name="Faults">Empty: it can be accepted, if the app is known.</param>
internal sealed partial record DeploymentRequest(Guid Id, DeployApp Command, IReadOnlyList<FieldError> Faults)
{
    /// <summary>Who asked, when the command does not say: the door it came through.</summary>
    public const string Door = "rabbitmq";

    private const int MostImages = 100;
    private const int LongestText = 200;

    /// <summary>Reads a delivery; does not look at anything else.</summary>
    /// <param name="delivery">As it came.</param>
    /// <param name="host">The name of this host.</param>
    /// <param name="now">The time of acceptance.</param>
    public static DeploymentRequest Read(Delivery<DeployApp> delivery, string host, DateTimeOffset now)
    {
        var command = delivery.Command;
        var id = command.DeploymentId ?? (Guid.TryParse(delivery.MessageId, out var message) ? message : Guid.CreateVersion7(now));
        var complete = command with
        {
            DeploymentId = id,
            Host = command.Host ?? host,
            RequestedBy = string.IsNullOrWhiteSpace(command.RequestedBy) ? Door : command.RequestedBy,
            RequestedAt = command.RequestedAt ?? now,
        };
        // A field whose JSON type was wrong is unset in the command; that it is missing would be said twice.
        var (named, ofPreview) = PreviewLease.Read(complete);
        var faults = Check(complete, host).Concat(ofPreview).Where(fault => delivery.Faults.All(known => known.Field != fault.Field && !known.Field.StartsWith($"{fault.Field}.", StringComparison.Ordinal)));
        return new DeploymentRequest(id, named, [.. delivery.Faults, .. faults]);
    }

    private static IEnumerable<FieldError> Check(DeployApp command, string host)
    {
        if (!AppName.TryParse(command.App, out _, out var problem))
            yield return new FieldError("app", problem);
        if (command.Bundle is not null && !BundleDigest.TryParse(command.Bundle, out _, out problem))
            yield return new FieldError("bundle", problem);
        if (command.Bundle is null && command.Images is not { Count: > 0 })
            yield return new FieldError("bundle", "It is missing, and so are images. Name a stored bundle by its digest, or images for the bundle the app runs now.");
        if (command.Host != host)
            yield return new FieldError("host", $"This is the host {host}, not {Quoted.Text(command.Host!)}. Send the command to the queue deploy-app.<host> of the host that runs the app.");
        foreach (var fault in CheckImages(command.Images ?? new Dictionary<string, string>()))
            yield return fault;
        if (command.Generation < 0)
            yield return new FieldError("generation", "It is negative. Write a number that grows with every deployment, such as that of the CI run.");
        if (IsTooMuch(command.Commit))
            yield return new FieldError("commit", $"Write at most {LongestText} characters on one line.");
        if (IsTooMuch(command.RequestedBy))
            yield return new FieldError("requestedBy", $"Write at most {LongestText} characters on one line.");
    }

    private static IEnumerable<FieldError> CheckImages(IReadOnlyDictionary<string, string> images)
    {
        if (images.Count > MostImages)
            yield return new FieldError("images", $"There are {images.Count} images. At most {MostImages} are taken.");
        foreach (var (service, image) in images.OrderBy(image => image.Key, StringComparer.Ordinal).Take(MostImages))
        {
            if (!ServiceName().IsMatch(service))
                yield return new FieldError("images", $"{Quoted.Text(service)} is no service name. Write the name of a service in the compose file.");
            else if (!ImageReference.TryParse(image, out _, out var problem))
                yield return new FieldError($"images.{service}", problem);
        }
    }

    private static bool IsTooMuch(string? text) => text is not null && (text.Length > LongestText || text.Any(char.IsControl));

    [GeneratedRegex(@"\A[a-zA-Z0-9._-]{1,100}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceName();
}
