using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Mambo.Contracts;

namespace Mambo.Cli.Platform;

/// <summary>The API cannot be reached; trying again may help.</summary>
internal sealed class DoorUnreachable(DoorAddress address, string reason) : CommandFailure(
    $"The platform at {address} does not answer: {reason}.",
    address.Home is { } home ? [$"Its log is {home.Log}.", "Start it with: mambo up --detach"] : ["MAMBO_API says where it is."]);

/// <summary>Turns an answer that is not good into words: what is wrong, one fault per line.</summary>
internal static class DoorFault
{
    public static async Task ThrowUnlessGoodAsync(HttpResponseMessage answer, DoorAddress address, CancellationToken ct)
    {
        if (answer.IsSuccessStatusCode)
            return;
        if (answer.StatusCode is HttpStatusCode.Unauthorized)
            throw new CommandFailure($"The platform at {address} does not accept the token from {address.TokenOrigin}.", ["It must be one whose SHA-256 is in the platform's secret api-tokens."]);

        var problem = await ProblemAsync(answer, ct);
        var faults = problem?.Errors?.Select(fault => $"{fault.Field}: {fault.Problem}").ToList() ?? [];
        if (answer.StatusCode is HttpStatusCode.TooManyRequests)
            throw new CommandFailure("Too many requests with this token.", [answer.Headers.RetryAfter?.Delta is { } wait ? $"Try again in {wait.TotalSeconds:0} s." : "Try again in a minute."]);
        throw new CommandFailure(Message(answer, problem, faults.Count, address), faults);
    }

    private static string Message(HttpResponseMessage answer, ProblemDocument? problem, int faults, DoorAddress address) => problem switch
    {
        null => $"{address} answered {(int)answer.StatusCode} {answer.ReasonPhrase}; that is no answer of a Mambo platform.",
        { Detail: { Length: > 0 } detail } => detail,
        _ when faults > 0 => $"The platform refused it: {(faults == 1 ? "1 fault" : $"{faults} faults")}.",
        { Title: { Length: > 0 } title } => $"The platform refused it: {title}.",
        _ => $"The platform refused it with {(int)answer.StatusCode}.",
    };

    /// <summary>Null: the answer is not one of ours.</summary>
    private static async Task<ProblemDocument?> ProblemAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
            return null;
        try
        {
            return await answer.Content.ReadFromJsonAsync<ProblemDocument>(WireJson.Options, ct);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
