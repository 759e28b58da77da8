using Mambo.Cli.Platform;
using Mambo.Cli.Terminal;

using Spectre.Console;

namespace Mambo.Cli.Deployments;

/// <summary>Packs a folder and brings it to the platform, unless the platform has it.</summary>
internal static class BundleUpload
{
    /// <summary>Returns the digest.</summary>
    public static async Task<string> SendAsync(Screen screen, Door door, string folder, TimeProvider time, CancellationToken ct)
    {
        using var bundle = BundlePacker.Pack(folder);
        var what = $"bundle {bundle.Digest[..19]}…, {HumanSize.Count(bundle.Files, "file")}, {HumanSize.Of(bundle.Content.Length)}";
        if (await door.HasBundleAsync(bundle.Digest, ct))
        {
            screen.Line($"[green]✔[/] {what}: the platform has it");
            return bundle.Digest;
        }

        var started = time.GetTimestamp();
        if (screen.IsLive && bundle.Content.Length > 1_000_000)
            await WithProgressAsync(screen.Live, door, bundle, ct);
        else
            await door.StoreBundleAsync(bundle.Digest, bundle.Content, ct);
        screen.Line($"[green]✔[/] {what}: uploaded {HumanTime.Of(time.GetElapsedTime(started))}");
        return bundle.Digest;
    }

    private static Task WithProgressAsync(IAnsiConsole console, Door door, PackedBundle bundle, CancellationToken ct) => console.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn())
        .StartAsync(async progress =>
        {
            var task = progress.AddTask("upload", maxValue: bundle.Content.Length);
            await using var counted = new CountedStream(bundle.Content, sent => task.Value = sent);
            await door.StoreBundleAsync(bundle.Digest, counted, ct);
        });
}
