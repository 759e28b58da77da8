namespace Mambo.Cli.Apps;

/// <summary><c>mambo start</c>.</summary>
internal sealed class StartCommand(Globals globals) : AppCommand(globals, "start", "Start an app that was stopped, with the release it had", "mambo start shop");
