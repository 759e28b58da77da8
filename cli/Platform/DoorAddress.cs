namespace Mambo.Cli.Platform;

/// <summary>Where the platform's HTTP API is and what opens it.</summary>
/// <param name="Api">Base address.</param>
/// <param name="Token">The API token. Never shown.</param>
/// <param name="TokenOrigin">Where the token came from, in words.</param>
/// <param name="Home">The home it runs on. Null: it is somewhere else.</param>
internal sealed record DoorAddress(Uri Api, string Token, string TokenOrigin, PlatformHome? Home)
{
    private const string Variable = "MAMBO_TOKEN";

    /// <inheritdoc/>
    public override string ToString() => Api.ToString();

    /// <summary><c>MAMBO_API</c> with <c>MAMBO_TOKEN</c>, unless a home is given; else what runs on the home.</summary>
    /// <exception cref="CommandFailure">Nothing runs, or there is no token.</exception>
    public static DoorAddress Find(Surroundings surroundings, PlatformHome home, bool homeIsGiven)
    {
        if (!homeIsGiven && surroundings.Variable("MAMBO_API") is { } named)
            return Remote(named, surroundings.Variable(Variable));

        var running = RunningPlatform.Find(home);
        if (running?.Api is not { } api)
            throw NotRunning(home);
        if (surroundings.Variable(Variable) is { } given)
            return new DoorAddress(api, given, $"the variable {Variable}", home);
        return new DoorAddress(api, ReadToken(home.Secret("api-token")), home.Secret("api-token"), home);
    }

    public static CommandFailure NotRunning(PlatformHome home)
    {
        List<string> remedies = ["Start it with: mambo up --detach", "Another one: mambo --home FOLDER …, or set MAMBO_API and MAMBO_TOKEN."];
        if (File.Exists(home.RunFile(RunningPlatform.AllInOne)))
            remedies.Insert(0, $"The last one ended without saying so; its log is {home.Log}.");
        return new CommandFailure($"No platform runs on {home.Path}.", remedies);
    }

    private static DoorAddress Remote(string named, string? token)
    {
        if (!Uri.TryCreate(named, UriKind.Absolute, out var api) || api.Scheme is not ("http" or "https") || api.UserInfo.Length > 0)
            throw CommandFailure.Usage("MAMBO_API must be a base address such as https://mambo.example.org, without user and password.");
        if (token is null)
            throw CommandFailure.Usage($"MAMBO_API is set, but {Variable} is not.", [$"Set {Variable} to a token of {api}."]);
        return new DoorAddress(api, token, $"the variable {Variable}", null);
    }

    private static string ReadToken(string file)
    {
        try
        {
            var token = File.ReadAllText(file).TrimEnd('\r', '\n');
            return token.Length > 0 && token.All(letter => letter is > ' ' and < (char)127)
                ? token
                : throw new CommandFailure($"{file} holds no token.", ["Put one of the tokens of secrets/api-tokens into it, on one line."]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"The token in {file} cannot be read: {error.Message}", [$"Run this as the user who owns it, or set {Variable}."]);
        }
    }
}
