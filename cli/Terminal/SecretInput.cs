using System.Text;

namespace Mambo.Cli.Terminal;

/// <summary>Takes a secret where nobody sees it: never from an argument, which every user of the machine can read.</summary>
internal static class SecretInput
{
    /// <summary>As typed, without showing it; else standard input to its end, without the newline <c>echo</c> puts there.</summary>
    /// <exception cref="CommandFailure">There is none, or too much.</exception>
    public static async Task<byte[]> ReadAsync(Surroundings surroundings, string prompt, int largest, CancellationToken ct)
    {
        var secret = surroundings.InputIsTerminal ? Encoding.UTF8.GetBytes(Ask(surroundings.Error, prompt)) : await ReadAllAsync(surroundings.Input(), largest, ct);
        return secret.Length == 0 ? throw CommandFailure.Usage("It is empty. Nothing was changed.")
            : secret.Length > largest ? throw TooLarge(largest)
            : secret;
    }

    private static async Task<byte[]> ReadAllAsync(Stream input, int largest, CancellationToken ct)
    {
        using var all = new MemoryStream();
        var buffer = new byte[8 * 1024];
        while (await input.ReadAsync(buffer, ct) is > 0 and var count)
        {
            if (all.Length > largest)
                throw TooLarge(largest);
            all.Write(buffer, 0, count);
        }

        var read = all.ToArray();
        return read switch
        {
            [.. var text, (byte)'\r', (byte)'\n'] => text,
            [.. var text, (byte)'\n'] => text,
            _ => read,
        };
    }

    private static CommandFailure TooLarge(int largest) => CommandFailure.Usage($"It is larger than {largest / 1024} KiB. Nothing was changed.");

    private static string Ask(TextWriter screen, string prompt)
    {
        screen.Write($"{prompt}: ");
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length -= Math.Min(1, typed.Length);
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }

        screen.WriteLine();
        return typed.ToString();
    }
}
