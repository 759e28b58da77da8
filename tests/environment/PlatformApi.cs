using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

using Mambo.Contracts;

namespace Mambo.TestEnvironment;

/// <summary>The HTTP door as a CI system uses it.</summary>
public static class PlatformApi
{
    /// <summary>Stores a bundle.</summary>
    public static async Task StoreAsync(this HttpClient api, Bundle bundle)
    {
        using var body = new ByteArrayContent(bundle.Bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/gzip") } };
        using var answer = await api.PutAsync($"/api/bundles/{bundle.Digest}", body).ConfigureAwait(false);
        await ThrowUnlessAsync(answer, HttpStatusCode.OK, HttpStatusCode.Created).ConfigureAwait(false);
    }

    /// <summary>Stores a bundle and asks for its deployment.</summary>
    /// <returns>The deployment's id.</returns>
    public static async Task<Guid> DeployAsync(this HttpClient api, string app, Bundle bundle)
    {
        await api.StoreAsync(bundle).ConfigureAwait(false);
        return await api.PostDeploymentAsync(new { app, bundle = bundle.Digest }).ConfigureAwait(false);
    }

    /// <summary>Asks for a deployment.</summary>
    public static async Task<Guid> PostDeploymentAsync(this HttpClient api, object body)
    {
        using var answer = await api.PostAsJsonAsync("/api/deployments", body, WireJson.Options).ConfigureAwait(false);
        await ThrowUnlessAsync(answer, HttpStatusCode.Accepted).ConfigureAwait(false);
        var accepted = await answer.Content.ReadFromJsonAsync<JsonElement>().ConfigureAwait(false);
        return accepted.GetProperty("deploymentId").GetGuid();
    }

    /// <summary>Waits for a deployment's end.</summary>
    /// <returns>The deployment as the door shows it.</returns>
    public static async Task<JsonElement> EndedAsync(this HttpClient api, Guid deployment, TimeSpan? deadline = null)
    {
        using var late = new CancellationTokenSource(deadline ?? TimeSpan.FromSeconds(120));
        JsonElement last = default;
        try
        {
            while (true)
            {
                last = await api.GetFromJsonAsync<JsonElement>($"/api/deployments/{deployment}", late.Token).ConfigureAwait(false);
                if (last.GetProperty("state").GetString() is "deployed" or "failed" or "rolledBack" or "superseded" or "cancelled")
                    return last;
                await Task.Delay(100, late.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Deployment {deployment} has not ended: {last}");
        }
    }

    /// <summary>All events of the timeline, oldest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> EventsAsync(this HttpClient api, string query = "")
    {
        var events = new List<JsonElement>();
        long after = 0;
        while (true)
        {
            var page = await api.GetFromJsonAsync<JsonElement>($"/api/events?after={after}&limit=500{query}").ConfigureAwait(false);
            var batch = page.GetProperty("events").EnumerateArray().ToList();
            if (batch.Count == 0)
                return events;
            events.AddRange(batch);
            after = batch[^1].GetProperty("seq").GetInt64();
        }
    }

    private static async Task ThrowUnlessAsync(HttpResponseMessage answer, params HttpStatusCode[] expected)
    {
        if (!expected.Contains(answer.StatusCode))
            throw new HttpRequestException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync().ConfigureAwait(false)}", null, answer.StatusCode);
    }
}
