using System.Text.Json;

using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Mambo.Backoffice.Tests.Http;

public sealed class OpenApiTests : IAsyncLifetime
{
    private Office _office = null!;
    private JsonElement _document;

    public async Task InitializeAsync()
    {
        _office = await Office.StartAsync();
        _document = await _office.GetAsync("/api/openapi.json");
    }

    public async Task DisposeAsync() => await _office.DisposeAsync();

    [Fact]
    public void Document_HasEveryRouteOfTheDoor()
    {
        var expected = _office.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(route => route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(method => $"{method} {route.RoutePattern.RawText!.Replace(":guid", "", StringComparison.Ordinal)}"))
            // The document does not describe itself.
            .Where(route => route != "GET /api/openapi.json")
            .Distinct().Order().ToList();

        expected.ShouldNotBeEmpty();
        Operations().Select(operation => operation.Name).Order().ShouldBe(expected);
    }

    [Fact]
    public void Document_EveryOperation_HasANameAWordAndTypedAnswers()
    {
        _document.GetProperty("openapi").GetString().ShouldStartWith("3.1");
        Operations().Select(operation => operation.Json.GetProperty("operationId").GetString()).ShouldBeUnique();
        foreach (var (name, json) in Operations())
        {
            json.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty(name);
            json.GetProperty("tags").GetArrayLength().ShouldBe(1, name);
            var answers = json.GetProperty("responses").EnumerateObject().ToList();
            answers[0].Name.ShouldStartWith("2", Case.Sensitive, name);
            answers.Select(answer => answer.Name).ShouldContain("401", name);
            answers.Select(answer => answer.Name).ShouldContain("429", name);
            foreach (var answer in answers.Where(_ => !name.StartsWith("HEAD", StringComparison.Ordinal)))
            {
                answer.Value.GetProperty("description").GetString().ShouldNotBeNullOrEmpty($"{name} {answer.Name}");
                if (answer.Name == "204")
                    continue;
                foreach (var content in answer.Value.GetProperty("content").EnumerateObject())
                {
                    var expected = answer.Name.StartsWith('2') ? content.Name is "application/json" or "text/event-stream" : content.Name == "application/problem+json";
                    expected.ShouldBeTrue($"{name} {answer.Name} {content.Name}");
                    content.Value.GetProperty("schema").EnumerateObject().ShouldNotBeEmpty($"{name} {answer.Name}");
                }
            }
        }
    }

    [Fact]
    public void Document_EveryParameterAndProperty_HasAType()
    {
        foreach (var (name, json) in Operations())
        {
            if (json.TryGetProperty("parameters", out var parameters))
                parameters.EnumerateArray().ShouldAllBe(parameter => parameter.GetProperty("schema").GetProperty("type").GetString() != "" && parameter.GetProperty("description").GetString() != "", name);
        }

        foreach (var schema in _document.GetProperty("components").GetProperty("schemas").EnumerateObject())
        {
            if (!schema.Value.TryGetProperty("properties", out var properties))
            {
                (schema.Value.TryGetProperty("enum", out _) || schema.Name == "JsonElement").ShouldBeTrue(schema.Name);
                continue;
            }

            foreach (var property in properties.EnumerateObject())
            {
                (property.Value.TryGetProperty("type", out _) || property.Value.TryGetProperty("$ref", out _) || property.Value.TryGetProperty("oneOf", out _)).ShouldBeTrue($"{schema.Name}.{property.Name}");
            }
        }
    }

    [Fact]
    public void Document_EventsAndDeployments_AsTheyAreAnswered()
    {
        Names("Event").ShouldBe(["seq", "id", "type", "at", "host", "body", "hash"]);
        Names("Deployment").ShouldBe(
        [
            "deploymentId", "app", "host", "state", "requestedBy", "requestedAt", "acceptedAt", "endedAt", "bundle", "images", "commit", "steps", "release", "urls", "warnings", "seconds", "failure",
        ]);
        _document.GetProperty("components").GetProperty("schemas").GetProperty("DeploymentState").GetProperty("enum").EnumerateArray().Select(item => item.GetString())
            .ShouldBe(["requested", "accepted", "running", "deployed", "failed", "rolledBack", "superseded", "cancelled"]);
        Operations().Single(operation => operation.Name == "GET /api/events").Json.GetProperty("parameters").EnumerateArray().Select(item => item.GetProperty("name").GetString())
            .ShouldBe(["after", "before", "limit", "tail", "app", "type", "deployment", "Last-Event-ID"]);
        _document.GetProperty("security")[0].GetProperty("token").GetArrayLength().ShouldBe(0);

        IEnumerable<string> Names(string schema) => _document.GetProperty("components").GetProperty("schemas").GetProperty(schema).GetProperty("properties").EnumerateObject().Select(property => property.Name);
    }

    private IEnumerable<(string Name, JsonElement Json)> Operations() => _document.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject().Select(operation => ($"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value)));
}
