using Mambo.Backoffice.Timeline;
using Mambo.Contracts;

using Microsoft.AspNetCore.Http.Json;
using Microsoft.OpenApi;

namespace Mambo.Backoffice.Http;

/// <summary>The OpenAPI document of the door.</summary>
internal static class ApiDescription
{
    public const string Path = "/api/openapi.json";

    public static void Add(IServiceCollection services)
    {
        services.Configure<JsonOptions>(json => SpeakWireJson(json.SerializerOptions));
        services.AddOpenApi(options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = route => route.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
            options.AddDocumentTransformer((document, _, _) =>
            {
                Introduce(document);
                return Task.CompletedTask;
            });
            options.AddOperationTransformer((operation, context, _) =>
            {
                Describe(operation, context.Description.ActionDescriptor.EndpointMetadata);
                return Task.CompletedTask;
            });
        });
    }

    private static void SpeakWireJson(System.Text.Json.JsonSerializerOptions json)
    {
        json.DefaultIgnoreCondition = WireJson.Options.DefaultIgnoreCondition;
        json.Encoder = WireJson.Options.Encoder;
        json.NumberHandling = WireJson.Options.NumberHandling;
        foreach (var converter in WireJson.Options.Converters)
            json.Converters.Add(converter);
    }

    private static void Introduce(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Mambo Platform",
            Version = "v1",
            Description = "Store bundles, ask for deployments, and read what happened. Every request needs a token; faulty requests are answered with all their faults at once.",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token of the owner, of one app, or one CI got in exchange." },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] }];
    }

    private static void Describe(OpenApiOperation operation, IList<object> metadata)
    {
        foreach (var parameter in metadata.OfType<DescribedParameter>())
            Describe(operation, parameter);
        foreach (var answer in metadata.OfType<DescribedAnswer>())
            operation.Responses![$"{answer.Status}"].Description = answer.Description;
        foreach (var body in metadata.OfType<BinaryBody>())
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = body.ContentTypes.ToDictionary(type => type, _ => new OpenApiMediaType()),
            };
        }

        foreach (var stream in metadata.OfType<StreamAnswer>())
            operation.Responses!["200"].Content![stream.ContentType] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

        // The group's answers come before the route's own; a reader looks for the good one first.
        var sorted = new OpenApiResponses();
        foreach (var (status, answer) in operation.Responses!.OrderBy(response => response.Key, StringComparer.Ordinal))
            sorted.Add(status, answer);
        operation.Responses = sorted;
    }

    private static void Describe(OpenApiOperation operation, DescribedParameter described)
    {
        operation.Parameters ??= [];
        var parameter = operation.Parameters.OfType<OpenApiParameter>().FirstOrDefault(known => known.Name == described.Name);
        if (parameter is null)
            operation.Parameters.Add(parameter = new OpenApiParameter { Name = described.Name, In = described.In, Required = described.In == ParameterLocation.Path });
        parameter.Description = described.Description;
        parameter.Schema = new OpenApiSchema { Type = described.Type, Format = described.Format };
        parameter.Example = described.Example;
    }
}
