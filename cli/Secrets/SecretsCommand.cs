using System.CommandLine;

using Mambo.Cli.Terminal;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Cli.Secrets;

/// <summary><c>mambo secrets</c>.</summary>
internal sealed class SecretsCommand : Command
{
    public SecretsCommand(Globals globals)
        : base("secrets", "Keep an app's secrets on this machine; its compose file names them as external, and its containers find them in /run/secrets")
    {
        Examples.AddTo(this,
            "mambo secrets set shop db-password                      asks for it without showing it",
            "mambo secrets set shop tls-key --from-file key.pem      the bytes of a file",
            "pass show shop/db | mambo secrets set shop db-password  standard input, without the newline at its end",
            "mambo secrets list shop",
            "mambo secrets remove shop db-password");
        Add(new SetSecretCommand(globals));
        Add(new ListSecretsCommand(globals));
        Add(new RemoveSecretCommand(globals));
    }

    /// <exception cref="CommandFailure">They are no names.</exception>
    public static (AppName App, SecretName Name) Names(ParseResult parsed, Argument<string> app, Argument<string> name)
    {
        if (!AppName.TryParse(parsed.GetRequiredValue(app), out var appName, out var problem) | !SecretName.TryParse(parsed.GetRequiredValue(name), out var secretName, out var other))
            throw CommandFailure.Usage(problem ?? other!);
        return (appName, secretName);
    }
}

/// <summary><c>mambo secrets set</c>.</summary>
internal sealed class SetSecretCommand : CliCommand
{
    private readonly Argument<string> _app = AppArgument.Required();

    private readonly Argument<string> _name = new("name") { Description = "The secret's name, as the compose file has it" };

    private readonly Option<string?> _file = new("--from-file") { Description = "Take the bytes of this file. Default: ask for it, or read standard input", HelpName = "file" };

    public SetSecretCommand(Globals globals)
        : base(globals, "set", "Set or change a secret; the next deployment of the app takes it", "mambo secrets set shop db-password", "mambo secrets set shop tls-key --from-file key.pem")
    {
        Add(_app);
        Add(_name);
        Add(_file);
    }

    protected override async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var (app, name) = SecretsCommand.Names(parsed, _app, _name);
        var files = new AppSecretFiles(session.Home);
        var content = parsed.GetValue(_file) is { } file
            ? await ReadAsync(session.Surroundings.FullPath(file), ct)
            : await SecretInput.ReadAsync(session.Surroundings, $"{name} of {app}", AppSecretFiles.Largest, ct);
        var secret = files.Set(app, name, content);
        if (session.Screen.IsJson)
            session.Screen.Json(secret);
        session.Screen.Line($"[green]✔[/] {name.Value} of {app.Value}, version {secret.Version}. The next deployment of {app.Value} takes it.");
        return ExitCode.Done;
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken ct)
    {
        if (!File.Exists(file))
            throw CommandFailure.Usage($"There is no file {file}.");
        if (new FileInfo(file).Length is 0 or > AppSecretFiles.Largest)
            throw CommandFailure.Usage($"{file} is empty or larger than {AppSecretFiles.Largest / 1024} KiB. Nothing was changed.");
        return await File.ReadAllBytesAsync(file, ct);
    }
}

/// <summary><c>mambo secrets list</c>.</summary>
internal sealed class ListSecretsCommand : CliCommand
{
    private readonly Argument<string?> _app = AppArgument.Optional("Only of this app");

    public ListSecretsCommand(Globals globals)
        : base(globals, "list", "List secrets: their names, never what is in them", "mambo secrets list", "mambo secrets list shop")
    {
        Add(_app);
    }

    protected override Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var secrets = new AppSecretFiles(session.Home).List(parsed.GetValue(_app));
        if (session.Screen.IsJson)
            session.Screen.Json(secrets);
        else if (secrets.Count == 0)
            session.Screen.Line($"No secret is set. Set one with: mambo secrets set APP NAME");
        else
            session.Screen.Lines(Columns.Lines(["APP", "SECRET", "VERSION", "SET"], [.. secrets.Select(secret => (string[])[secret.App, secret.Name, $"{secret.Version}", session.Screen.Time(secret.SetAt)])]));
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary><c>mambo secrets remove</c>.</summary>
internal sealed class RemoveSecretCommand : CliCommand
{
    private readonly Argument<string> _app = AppArgument.Required();

    private readonly Argument<string> _name = new("name") { Description = "The secret" };

    public RemoveSecretCommand(Globals globals)
        : base(globals, "remove", "Remove a secret; releases that have it keep their copy, a new one cannot have it", "mambo secrets remove shop db-password")
    {
        Add(_app);
        Add(_name);
    }

    protected override Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken ct)
    {
        var (app, name) = SecretsCommand.Names(parsed, _app, _name);
        if (!new AppSecretFiles(session.Home).Remove(app, name))
            throw new CommandFailure($"{app} has no secret {name}.", [$"mambo secrets list {app} shows those it has."]);
        if (session.Screen.IsJson)
            session.Screen.Json(new { app = app.Value, name = name.Value });
        session.Screen.Line($"[green]✔[/] {name.Value} of {app.Value} is removed.");
        return Task.FromResult(ExitCode.Done);
    }
}
