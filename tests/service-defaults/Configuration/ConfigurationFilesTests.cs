using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

using Json.Schema;

using Mambo.ServiceDefaults.Configuration;
using Mambo.TestEnvironment;

using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mambo.ServiceDefaults.Tests.Configuration;

/// <summary>The schema and the documentation of <c>mambo.yml</c> come from the option classes, and the schema agrees with the loader.</summary>
public class ConfigurationFilesTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(ConfigurationSchema.Text);

    [Fact]
    public void Schema_OfTheOptionClasses_IsTheFileOfTheRepository() => GoldenFile.ShouldMatch("mambo.schema.json", ConfigurationSchema.Text);

    [Fact]
    public void Tables_OfTheOptionClasses_AreThoseOfTheDocumentation() => GoldenFile.GeneratedPartShouldMatch("docs/configuration.md", ConfigurationTables.Text);

    [Theory]
    [InlineData("")]
    [InlineData("telemetry:")]
    [InlineData("platform: { name: shop, host: web-1, domain: example.org }")]
    [InlineData("bus: { transport: rabbitMq, host: rabbitmq, port: 5672, virtualHost: /, user: mambo }")]
    [InlineData("api: { listen: '0.0.0.0:7400', maxBundleBytes: 10MB }")]
    [InlineData("api: { listen: 'localhost:0', maxBundleBytes: 1048576, requestsPerMinute: }")]
    [InlineData("edge: { listen: '*:80', publicPort: 443 }")]
    [InlineData("edge: { listen: '[::1]:80' }")]
    [InlineData("edge: { kind: traefik }\ntraefik: { directory: /etc/traefik/dynamic, api: 'http://127.0.0.1:7481', settle: 4s, entryPoints: [web, websecure] }")]
    [InlineData("deployer: { pullDeadline: 1h30m, startDeadline: 90s, maxUnpackedBytes: 512 MiB, maxBundleFiles: 5 }")]
    [InlineData("alerts: { server: 'http://127.0.0.1:8080', topic: phone_1, giveUpAfter: 3d }")]
    [InlineData("telemetry: { logs: 'http://loki:3100/otlp', metricsInterval: 500ms }")]
    [InlineData("ci: { audience: 'https://mambo.example.org', apps: { shop: { provider: github, repositoryId: 5, ownerId: 7 } } }")]
    [InlineData("ci: { apps: { shop: { provider: gitlab, repositoryId: 5, ownerId: 7, refs: [refs/heads/main, 'refs/tags/v*'], events: push, runner: selfHosted, workflow: .gitlab-ci.yml } } }")]
    [InlineData("ci: { allowTags: true, apps: }")]
    public void Schema_GoodFile_PassesAndLoads(string yaml)
    {
        Valid(yaml).ShouldBeTrue();
        Faults(yaml).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("platfrom: { name: shop }")]
    [InlineData("platform: shop")]
    [InlineData("platform: { name: Shop }")]
    [InlineData("platform: { host: -a }")]
    [InlineData("platform: { domain: '' }")]
    [InlineData("bus: { transport: kafka }")]
    [InlineData("bus: { port: http }")]
    [InlineData("bus: { port: 0 }")]
    [InlineData("bus: { port: 65536 }")]
    [InlineData("api: { lsiten: '127.0.0.1:1' }")]
    [InlineData("api: { listen: '7400' }")]
    [InlineData("api: { listen: 'example.org:80' }")]
    [InlineData("api: { maxBundleBytes: much }")]
    [InlineData("api: { maxBundleBytes: 0 }")]
    [InlineData("api: { maxBundleBytes: 99999999999 }")]
    [InlineData("edge: { kind: nginx }")]
    [InlineData("traefik: { directory: traefik }")]
    [InlineData("traefik: { api: '127.0.0.1:7481' }")]
    [InlineData("traefik: { settle: 3 }")]
    [InlineData("traefik: { entryPoints: { web: websecure } }")]
    [InlineData("deployer: { pullDeadline: 600 }")]
    [InlineData("deployer: { pullDeadline: 0s }")]
    [InlineData("deployer: { pullDeadline: 5 minutes }")]
    [InlineData("alerts: { topic: my topic }")]
    [InlineData("alerts: { server: ntfy.sh }")]
    [InlineData("telemetry: { logs: 'http://me:hunter2@loki:3100/otlp' }")]
    [InlineData("telemetry: { logs: [a, b] }")]
    [InlineData("ci: { apps: [shop] }")]
    [InlineData("ci: { apps: { Shop: { provider: github, repositoryId: 5, ownerId: 7 } } }")]
    [InlineData("ci: { apps: { shop: { provider: github, repositoryId: 5 } } }")]
    [InlineData("ci: { apps: { shop: github } }")]
    [InlineData("ci: { apps: { shop: { provider: jenkins, repositoryId: 5, ownerId: 7 } } }")]
    [InlineData("ci: { apps: { shop: { provider: github, repositoryId: you/shop, ownerId: 7 } } }")]
    [InlineData("ci: { apps: { shop: { provider: github, repositoryId: 5, ownerId: 7, branch: main } } }")]
    [InlineData("ci: { apps: { shop: { provider: github, repositoryId: 5, ownerId: 7, refs: [[a]] } } }")]
    [InlineData("ci: { apps: { shop: { provider: github, repositoryId: 5, ownerId: 7, workflow: /etc/passwd } } }")]
    public void Schema_BadFile_FailsAsTheLoaderDoes(string yaml)
    {
        Valid(yaml).ShouldBeFalse();
        Faults(yaml).ShouldNotBeEmpty();
    }

    [Fact]
    public void Schema_EveryDefault_IsValid()
    {
        foreach (var option in OptionDefinition.All.Where(option => option.Default is not null))
        {
            var value = OptionText.Format(option, option.Default)!;
            Valid($"{option.SectionName}: {{ {option.Name}: {(option.Type == typeof(int) || option.Type == typeof(bool) ? value : $"'{value}'")} }}").ShouldBeTrue(option.Key);
        }
    }

    private static IReadOnlyList<ConfigurationFault> Faults(string yaml) => ConfigurationLoader.Load(yaml, new Dictionary<string, string>(), []).Faults;

    private static bool Valid(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var document = stream.Documents is [var first] ? Json(first.RootNode) : null;
        return Schema.Evaluate(JsonSerializer.SerializeToElement(document)).IsValid;
    }

    /// <summary>As an editor reads YAML: a plain word that looks like a number is one.</summary>
    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Json(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" } => null,
        YamlScalarNode { Style: ScalarStyle.Plain } scalar when long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } scalar => scalar.Value == "true",
        YamlScalarNode scalar => scalar.Value,
        _ => throw new NotSupportedException(node.GetType().Name),
    };
}
