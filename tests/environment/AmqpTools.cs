using System.Diagnostics;

namespace Mambo.TestEnvironment;

/// <summary>The distribution's <c>amqp-publish</c>, installed when it is missing.</summary>
internal static class AmqpTools
{
    private static readonly Lazy<Task> Installed = new(InstallOnceAsync);

    public static Task InstallAsync() => Installed.Value;

    private static async Task InstallOnceAsync()
    {
        if (File.Exists("/usr/bin/amqp-publish"))
            return;
        using var install = Process.Start(new ProcessStartInfo("apt-get", ["install", "-y", "--no-install-recommends", "amqp-tools"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (install.StandardOutput.ReadToEndAsync(), install.StandardError.ReadToEndAsync());
        await install.WaitForExitAsync().ConfigureAwait(false);
        await output.ConfigureAwait(false);
        if (install.ExitCode != 0)
            throw new InvalidOperationException($"amqp-tools cannot be installed; run apt-get install amqp-tools. {await error.ConfigureAwait(false)}");
    }
}
