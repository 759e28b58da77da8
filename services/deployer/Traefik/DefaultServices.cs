using Mambo.Contracts.Deployments;

namespace Mambo.Deployer.Traefik;

/// <summary>
/// The Traefik service of a router that names none: the only one its compose service declares, or, where that declares none, one of the compose service's own name.
/// </summary>
internal sealed class DefaultServices
{
    private readonly Dictionary<string, string> _ofRouters = new(StringComparer.OrdinalIgnoreCase);

    public DefaultServices(LabelReading reading, List<FieldError> faults)
    {
        foreach (var router in reading.Members("routers").Where(router => router.Child("service") is null))
        {
            var declarers = reading.DeclarersOf("routers", router.Name);
            var services = reading.Members("services").Select(service => service.Name)
                .Where(service => reading.DeclarersOf("services", service).Intersect(declarers).Any()).Order(StringComparer.Ordinal).ToList();
            if (services.Count == 0 && declarers is [var compose])
            {
                if (reading.DeclarersOf("services", compose) is [var other, ..])
                {
                    faults.Add(new FieldError(
                        router.Field, $"The router {router.Name} goes to {compose} itself, but {other} declares a service of that name. Give {compose} a service of another name."));
                }

                Implicit[compose] = _ofRouters[router.Name] = compose;
            }
            else if (services is [var only])
                _ofRouters[router.Name] = only;
            else
            {
                var choice = services.Count == 0 ? $"It is on {string.Join(" and ", declarers)}; declare a service" : $"Declared are {string.Join(", ", services)}; name one";
                faults.Add(new FieldError(
                    router.Field, $"The router {router.Name} does not say which service answers. {choice} by traefik.http.routers.{router.Name}.service."));
            }
        }
    }

    /// <summary>Traefik services no label declares, by compose service.</summary>
    public Dictionary<string, string> Implicit { get; } = new(StringComparer.Ordinal);

    /// <summary>Null: it names one, or has none for a reason that is among the faults.</summary>
    public string? Of(LabelNode router) => _ofRouters.GetValueOrDefault(router.Name);
}
