using System.Text.Encodings.Web;
using System.Text.Json;

using Mambo.Backoffice.Deployments;
using Mambo.Backoffice.Http;
using Mambo.Backoffice.Tokens;
using Mambo.Contracts;
using Mambo.ServiceDefaults.Names;

using Microsoft.OpenApi;

namespace Mambo.Backoffice.Timeline;

/// <summary><c>/api/events</c>.</summary>
internal static class TimelineEndpoints
{
    public const string EventStreamType = "text/event-stream";

    private const int MostAtOnce = 500;
    private const string LastEventId = "Last-Event-ID";

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/events", ReadAsync)
            .WithName("listEvents").WithTags("Timeline").ForScopedTokens()
            .WithSummary("Read the timeline, or follow it live")
            .WithDescription(
                "With Accept: application/json a page of events, oldest first. With Accept: text/event-stream the same events as server-sent events (id: the seq, event: the type, "
                + "data: the event as one line of JSON), and then every new one as it is recorded; a comment every 15 seconds shows that the stream lives. "
                + "A stream with the parameter deployment ends after the event that ends the deployment.")
            .WithQuery("after", JsonSchemaType.Integer, "Only events past this seq. Default: 0, from the start. Last-Event-ID goes before it.", "int64")
            .WithQuery("before", JsonSchemaType.Integer, "Only events before this seq; with tail, the page before the one that begins there. Not for streams.", "int64")
            .WithQuery("limit", JsonSchemaType.Integer, $"At most so many in a page, 1 to {MostAtOnce}. Default: 100.", "int32")
            .WithQuery("tail", JsonSchemaType.Integer, $"The newest so many, 0 to {MostAtOnce}, instead of those after a seq.", "int32")
            .WithQuery("app", JsonSchemaType.String, "Only events of this app.")
            .WithQuery("type", JsonSchemaType.String, "Only events of this type, such as app-deployed.")
            .WithQuery("deployment", JsonSchemaType.String, "Only events of this deployment.", "uuid")
            .WithHeader(LastEventId, "For streams: the id of the last event received; the stream goes on behind it.", "42")
            .Answers<EventPage>(StatusCodes.Status200OK, "Events.")
            .WithMetadata(new StreamAnswer(EventStreamType))
            .Problems(StatusCodes.Status400BadRequest);

        api.MapGet("/events/verify", (EventTable events) => TypedResults.Json(events.Verify()))
            .WithName("verifyEvents").WithTags("Timeline")
            .WithSummary("Verify the timeline")
            .WithDescription("Walks the chain of hashes from the first event to the newest and names the first event that is not as it was recorded.")
            .Answers<Verification>(StatusCodes.Status200OK, "What the walk found; ok is false when an event was changed, removed, added or moved.");
    }

    private static async Task ReadAsync(HttpContext context, EventTable events, EventStream stream, DeploymentTable deployments)
    {
        var fields = new QueryFields(context.Request.Query);
        var follows = context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals(EventStreamType, StringComparison.OrdinalIgnoreCase));
        var query = Query(fields, follows ? context.Request.Headers[LastEventId].ToString() : "");
        if (follows && query.Before is not null)
            fields.Add("before", "A stream has no end. Ask for a page, with Accept: application/json.");
        if (fields.Faults() is { } problem)
            await problem.WriteAsync(context);
        else if (context.Caller().Scope is not null && query.Deployment is null)
            await Problem.Forbidden.WriteAsync(context);
        else if (context.Caller().Scope is not null && !(deployments.Find(query.Deployment!.Value) is { } deployment && DeploymentScope.Sees(context.Caller(), deployment)))
            await Problem.NotFound.WriteAsync(context);
        else if (follows)
            await stream.FollowAsync(context, query);
        else
            await WritePageAsync(context, query, events);
    }

    private static EventQuery Query(QueryFields fields, string lastEventId)
    {
        var (after, limit, tail) = (fields.Number("after", 0, long.MaxValue), fields.Number("limit", 1, MostAtOnce), fields.Number("tail", 0, MostAtOnce));
        var query = new EventQuery
        {
            After = after ?? 0,
            Before = fields.Number("before", 1, long.MaxValue),
            Limit = (int)(limit ?? 100),
            Tail = (int?)tail,
            App = fields.App("app"),
            Type = fields.Text("type"),
            Deployment = fields.Id("deployment"),
        };
        if (after is not null && tail is not null)
            fields.Add("tail", "It cannot be given together with after: one counts from the end, the other from a place.");
        if (query.Type is { } type && (WireNames.Find(type) is not { } known || !WireNames.Events.Contains(known)))
            fields.Add("type", $"{Quoted.Text(type)} is no event of the platform. There are: {string.Join(", ", WireNames.Events.Select(WireNames.Of).Order(StringComparer.Ordinal))}.");
        if (lastEventId.Length == 0)
            return query;

        // A browser repeats the whole address when it reconnects; where it was is what counts.
        if (long.TryParse(lastEventId, System.Globalization.NumberStyles.None, null, out var last))
            return query with { After = last, Tail = null };
        fields.Add(LastEventId, $"{Quoted.Text(lastEventId)} is no seq.");
        return query;
    }

    private static async Task WritePageAsync(HttpContext context, EventQuery query, EventTable events)
    {
        // Asked before the events, so that one in between is not skipped by whoever goes on from here.
        var newest = query.Tail is null ? query.After : events.Newest();
        var page = events.Read(query);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter, Json))
        {
            json.WriteStartObject();
            json.WriteStartArray("events"u8);
            foreach (var happened in page)
                happened.Write(json);
            json.WriteEndArray();
            json.WriteNumber("next"u8, page.Count > 0 ? page[^1].Seq : newest);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}

/// <summary>An answer that is a stream of text, beside its JSON form.</summary>
internal sealed record StreamAnswer(string ContentType);
