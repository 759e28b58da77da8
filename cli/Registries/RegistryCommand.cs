using System.CommandLine;

using Mambo.Cli.Terminal;

namespace Mambo.Cli.Registries;

/// <summary><c>mambo registry</c>.</summary>
internal sealed class RegistryCommand : Command
{
    public RegistryCommand(Globals globals)
        : base("registry", "Log the platform in to private registries, on the machine it runs on")
    {
        Examples.AddTo(this,
            "mambo registry login ghcr.io --user you                          asks for the password or token without showing it",
            "cat token | mambo registry login registry.example.org --user ci   standard input",
            "mambo registry list",
            "mambo registry logout ghcr.io");
        Add(new RegistryLoginCommand(globals));
        Add(new RegistryListCommand(globals));
        Add(new RegistryLogoutCommand(globals));
    }
}

/// <summary><c>mambo registry login</c>.</summary>
internal sealed class RegistryLoginCommand : CliCommand
{
    private const int LongestPassword = 16 * 1024;

    private readonly Argument<string> _registry = new("registry") { Description = "Its host, such as ghcr.io; docker.io for Docker Hub" };

    private readonly Option<string> _user = new("--user", "-u") { Description = "Who logs in", HelpName = "name", Required = true };

    public RegistryLoginCommand(Globals globals)
        : base(globals, "login", "Log in; deployments pull with it from then on", "mambo registry login ghcr.io --user you")
    {
        Add(_registry);
        Add(_user);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var (registry, user) = (RegistryLogins.Checked(parsed.GetRequiredValue(_registry)), parsed.GetRequiredValue(_user));
        var logins = new RegistryLogins(session.Home);
        var password = await SecretInput.ReadAsync(session.Surroundings, $"Password or token of {user} at {registry}", LongestPassword, ct);
        await logins.LogInAsync(registry, user, password, ct);
        if (session.Screen.IsJson)
            session.Screen.Json(new { registry, user });
        session.Screen.Line($"[green]✔[/] logged in to {registry} as {user}");
        return ExitCode.Done;
    }
}

/// <summary><c>mambo registry list</c>.</summary>
internal sealed class RegistryListCommand(Globals globals) : CliCommand(globals, "list", "List the registries the platform is logged in to", "mambo registry list")
{
    protected override Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var logins = new RegistryLogins(session.Home).List();
        if (session.Screen.IsJson)
            session.Screen.Json(logins);
        else if (logins.Count == 0)
            session.Screen.Line($"No login. Images anybody may pull need none; for others: mambo registry login REGISTRY --user NAME");
        else
            session.Screen.Lines(Columns.Lines(["REGISTRY", "USER"], [.. logins.Select(login => (string[])[login.Registry, login.User ?? (login.Helper is { } helper ? $"(helper {helper})" : "-")])]));
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary><c>mambo registry logout</c>.</summary>
internal sealed class RegistryLogoutCommand : CliCommand
{
    private readonly Argument<string> _registry = new("registry") { Description = "As mambo registry list shows it" };

    public RegistryLogoutCommand(Globals globals)
        : base(globals, "logout", "Forget a login", "mambo registry logout ghcr.io")
    {
        Add(_registry);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var registry = RegistryLogins.Checked(parsed.GetRequiredValue(_registry));
        await new RegistryLogins(session.Home).LogOutAsync(registry, ct);
        if (session.Screen.IsJson)
            session.Screen.Json(new { registry });
        session.Screen.Line($"[green]✔[/] logged out of {registry}");
        return ExitCode.Done;
    }
}
