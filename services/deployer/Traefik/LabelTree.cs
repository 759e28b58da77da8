using System.Text.Json.Nodes;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;

namespace Mambo.Deployer.Traefik;

/// <summary>
/// The <c>traefik.http.*</c> labels of an app's enabled compose services, as the dynamic configuration Traefik would make of them, before addresses are known.
/// </summary>
/// <param name="Sections">
/// <c>routers</c>, <c>services</c>, <c>middlewares</c> and <c>serversTransports</c>, each with its members. Every router names a service; references to members of
/// the app have no provider, those to others keep theirs.
/// </param>
/// <param name="Backends">Whose containers are behind each Traefik service that balances between servers.</param>
/// <param name="Faults">Empty: Traefik can serve it.</param>
/// <param name="Idle">Labels without effect, since the deployer finds the containers, not Traefik.</param>
internal sealed record LabelTree(
    IReadOnlyDictionary<string, JsonObject> Sections, IReadOnlyDictionary<string, TraefikBackend> Backends, IReadOnlyList<FieldError> Faults, IReadOnlyList<string> Idle)
{
    public static LabelTree Of(ComposeModel model)
    {
        var reading = new LabelReading();
        foreach (var service in model.Services)
            reading.Add(service.Name, service.Labels);

        var faults = reading.Faults;
        var defaults = new DefaultServices(reading, faults);
        var values = new LabelValues(section => [.. reading.Members(section).Select(member => member.Name)], faults);
        var sections = TraefikSchema.Sections.Values.ToDictionary(
            schema => schema.Name,
            schema => new JsonObject(reading.Members(schema.Name).Select(
                member => KeyValuePair.Create(member.Name, (JsonNode?)(values.Read(member, schema) ?? new JsonObject())))));

        Complete(sections, reading, defaults, faults);
        var backends = new BackendReading(model, reading, faults);
        return new LabelTree(sections, backends.Of(sections["services"], defaults), faults, reading.Idle);
    }

    private static void Complete(Dictionary<string, JsonObject> sections, LabelReading reading, DefaultServices defaults, List<FieldError> faults)
    {
        foreach (var (compose, name) in defaults.Implicit)
            sections["services"][name] = new JsonObject();
        foreach (var router in reading.Members("routers"))
        {
            var options = sections["routers"][router.Name]!.AsObject();
            if (router.Child("rule") is not { Value.Length: > 0 })
                faults.Add(new FieldError(router.Field, $"The router {router.Name} has no rule. Add traefik.http.routers.{router.Name}.rule=Host(`…`)."));
            if (router.Child("service") is null && defaults.Of(router) is { } service)
                options["service"] = service;
        }

        foreach (var (name, service) in sections["services"])
        {
            var kinds = service!.AsObject().Select(option => option.Key).Where(key => key != "middlewares").ToList();
            if (kinds.Count == 0)
                service["loadBalancer"] = new JsonObject();
            else if (kinds.Count > 1)
                faults.Add(new FieldError(reading.FieldOf("services", name), $"The service {name} is {string.Join(" and ", kinds)} at once. Make a service of each."));
        }

        foreach (var middleware in reading.Members("middlewares"))
        {
            var kinds = middleware.Children.Select(child => child.Name).ToList();
            if (kinds.Count > 1)
                faults.Add(new FieldError(middleware.Field, $"The middleware {middleware.Name} is {string.Join(" and ", kinds)} at once. Make one of each, and a chain of them."));
            else if (sections["middlewares"][middleware.Name]!.AsObject().Count == 0 && !faults.Exists(fault => IsOf(fault, middleware.Name)))
                faults.Add(new FieldError(middleware.Field, $"The middleware {middleware.Name} does nothing. Remove it and what names it."));
        }
    }

    /// <summary>A middleware all whose labels are wrong needs no second word.</summary>
    private static bool IsOf(FieldError fault, string middleware) => fault.Field.Contains($".middlewares.{middleware}.", StringComparison.OrdinalIgnoreCase);
}
