namespace Mambo.Cli.Apps;

/// <summary><c>mambo unlock</c>.</summary>
internal sealed class UnlockCommand(Globals globals) : AppCommand(globals, "unlock", "Take the lock off an app; it takes deployments again", "mambo unlock shop");
