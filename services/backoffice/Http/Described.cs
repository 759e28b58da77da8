using Microsoft.OpenApi;

namespace Mambo.Backoffice.Http;

/// <summary>A parameter a handler reads by itself, because it reports all faults at once.</summary>
internal sealed record DescribedParameter(ParameterLocation In, string Name, JsonSchemaType Type, string Description, string? Format, string? Example);

/// <summary>A body that is a stream of bytes.</summary>
internal sealed record BinaryBody(IReadOnlyList<string> ContentTypes);

/// <summary>An answer and when it is given.</summary>
internal sealed record DescribedAnswer(int Status, string Description);

/// <summary>Text for the OpenAPI document, next to the route it is about; <see cref="ApiDescription"/> puts it in.</summary>
internal static class Described
{
    private static readonly string[] ProblemTypes = [Problem.ContentType];

    public static RouteHandlerBuilder WithPath(this RouteHandlerBuilder route, string name, string description, string? format = null) =>
        route.WithMetadata(new DescribedParameter(ParameterLocation.Path, name, JsonSchemaType.String, description, format, null));

    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, string name, JsonSchemaType type, string description, string? format = null) =>
        route.WithMetadata(new DescribedParameter(ParameterLocation.Query, name, type, description, format, null));

    public static RouteHandlerBuilder WithHeader(this RouteHandlerBuilder route, string name, string description, string? example = null) =>
        route.WithMetadata(new DescribedParameter(ParameterLocation.Header, name, JsonSchemaType.String, description, null, example));

    public static RouteHandlerBuilder WithBinaryBody(this RouteHandlerBuilder route, params string[] contentTypes) =>
        route.WithMetadata(new BinaryBody(contentTypes));

    /// <summary>An answer with a JSON body.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder route, int status, string description) =>
        route.Produces<T>(status, "application/json").WithMetadata(new DescribedAnswer(status, description));

    /// <summary>An answer without a body.</summary>
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder route, int status, string description) =>
        route.Produces(status).WithMetadata(new DescribedAnswer(status, description));

    /// <summary>The problems a route has beside those every route has.</summary>
    public static TBuilder Problems<TBuilder>(this TBuilder route, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
            route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), ProblemTypes));
        return route;
    }
}
