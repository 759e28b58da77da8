using System.Text.Json;

using Mambo.Cli.Terminal;

namespace Mambo.Cli.Deployments;

/// <summary>What the events of one deployment mean for a person who waits: lines to print, what to wait for next, and whether it has ended.</summary>
internal sealed class DeploymentProgress
{
    private const string Ended = "";

    private static readonly HashSet<string> Terminal =
        ["app-deployed", "deployment-failed", "deployment-rolled-back", "deployment-superseded", "deployment-cancelled",
        "app-started", "app-stopped", "app-restarted", "app-removed", "app-locked", "app-unlocked"];

    private IReadOnlyList<string> _steps = [];

    /// <summary>What happens now.</summary>
    public string Waiting { get; private set; } = "waiting for the deployer";

    public bool HasEnded => Waiting == Ended;

    /// <summary>Takes an event and returns the step that it says was done, with its time, or null.</summary>
    public (string Step, string Time)? Take(string type, JsonElement body)
    {
        if (Terminal.Contains(type))
            Waiting = Ended;
        else if (type == "deployment-accepted")
        {
            _steps = [.. body.GetProperty("steps").EnumerateArray().Select(step => step.GetString()!)];
            Waiting = StepAt(0);
        }
        else if (type == "deployment-step-completed")
        {
            Waiting = StepAt(body.GetProperty("number").GetInt32());
            return (body.GetProperty("step").GetString()!.PadRight(Width), HumanTime.Seconds(body.GetProperty("seconds").GetDouble()));
        }

        return null;
    }

    private int Width => _steps.Select(step => step.Length).DefaultIfEmpty(0).Max();

    private string StepAt(int index) => index < _steps.Count ? _steps[index] : "finishing";
}
