namespace Mambo.Cli.Running;

/// <summary>The web server the sample runs on: nginx where a registry answers, else one built from the distribution's packages.</summary>
internal static class WebImage
{
    /// <summary>The platform's setting <c>deployer.webImage</c>, which compose files see as <c>MAMBO_WEB_IMAGE</c>.</summary>
    public const string Variable = "MAMBO_DEPLOYER__WEB_IMAGE";

    private const string Usual = "nginx:alpine";

    private const string StandIn = "mambo-web:local";

    private static readonly Uri Registry = new("https://registry-1.docker.io/v2/");

    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PullLimit = TimeSpan.FromMinutes(3);

    /// <summary>Sees to it that the image is there. Returns its name and how it came.</summary>
    public static async Task<(string Image, string How)> PrepareAsync(Surroundings surroundings, string buildScript, CancellationToken ct)
    {
        if (surroundings.Variable(Variable) is { } chosen)
            return (chosen, $"as {Variable} says");
        if (await FindAsync(surroundings, ct) is { } found)
            return (found, "there already");
        if (await AnswersAsync(ct) && (await ChildProcess.RunAsync("docker", ["pull", "--quiet", Usual], PullLimit, ct)).Code == 0)
            return (Usual, "pulled");

        var (code, output) = await ChildProcess.RunAsync("bash", [buildScript, StandIn], PullLimit, ct);
        return code == 0 ? (StandIn, "built, because no registry answers") : throw new CommandFailure($"No registry answers, and {buildScript} failed with code {code}.", output);
    }

    /// <summary>The image that is there; null when none is. The stand-in was built only where no registry answered, and would hardly answer now.</summary>
    public static async Task<string?> FindAsync(Surroundings surroundings, CancellationToken ct) =>
        surroundings.Variable(Variable) is { } chosen ? chosen
        : await DockerEngine.HasImageAsync(Usual, ct) ? Usual
        : await DockerEngine.HasImageAsync(StandIn, ct) ? StandIn
        : null;

    /// <summary>Any answer will do, also "who are you".</summary>
    private static async Task<bool> AnswersAsync(CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = ProbeLimit };
        try
        {
            using var answer = await http.GetAsync(Registry, HttpCompletionOption.ResponseHeadersRead, ct);
            return true;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
