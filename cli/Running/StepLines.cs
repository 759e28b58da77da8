using Mambo.Cli.Terminal;

using Spectre.Console;

namespace Mambo.Cli.Running;

/// <summary>The steps of <c>mambo up</c>: each says how long it took and what it found; on a terminal, what is being waited for turns below.</summary>
internal sealed class StepLines(Screen screen, TimeProvider time)
{
    private const int NameWidth = 9;

    /// <param name="name">The step's name.</param>
    /// <param name="action">Does it and returns its result and what to say of it.</param>
    public async Task<T> RunAsync<T>(string name, Func<Task<(T Result, string Said)>> action)
    {
        var started = time.GetTimestamp();
        var (result, said) = screen.IsLive ? await screen.Live.Status().StartAsync(Markup.Escape($"{name} …"), _ => action()) : await action();
        screen.Line($"[green]✔[/] {name.PadRight(NameWidth)}  {HumanTime.Of(time.GetElapsedTime(started)).PadLeft(7)}  {said}");
        return result;
    }
}
