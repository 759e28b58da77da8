namespace Mambo.Cli.Apps;

/// <summary><c>mambo restart</c>.</summary>
internal sealed class RestartCommand(Globals globals) : AppCommand(
    globals, "restart", "Give an app new containers of the release it runs, beside the old ones where a service can run twice at once", "mambo restart shop");
