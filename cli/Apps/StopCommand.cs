namespace Mambo.Cli.Apps;

/// <summary><c>mambo stop</c>.</summary>
internal sealed class StopCommand(Globals globals) : AppCommand(
    globals, "stop", "Stop an app: requests get 503 until it is started or deployed; its containers and data stay", "mambo stop shop");
