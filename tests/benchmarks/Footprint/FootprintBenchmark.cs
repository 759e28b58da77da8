using System.Diagnostics;
using System.Globalization;

using Mambo.TestEnvironment;

namespace Mambo.Benchmarks;

/// <summary>Memory and start of every process, idle: resident (RSS) and with shared pages divided among those who share them (PSS).</summary>
internal static class FootprintBenchmark
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(20);

    public static async Task<Report> RunAsync()
    {
        var rows = new List<Row>();
        await AllInOneAsync(rows);
        await ServicesAsync(rows);
        return new Report("footprint", $"each process {Settle.TotalSeconds:0} s after it is ready, nothing to do; time to ready from process start to /readyz 200, median of 5", rows);
    }

    private static async Task AllInOneAsync(List<Row> rows)
    {
        using var home = new PlatformHome();
        await using var process = new ServiceProcess("Mambo.AllInOne", home);
        rows.Add(Row.AtMost("all-in-one: time to ready", await TimeToReadyAsync(process), "s", 2));
        await Task.Delay(Settle);
        var memory = Memory(process.ProcessId);
        rows.Add(Row.AtMost("all-in-one: RSS", memory.Rss, "MB", 130));
        rows.Add(new Row("all-in-one: PSS", memory.Pss, "MB"));
    }

    private static async Task ServicesAsync(List<Row> rows)
    {
        await using var broker = await RabbitMqServer.StartAsync();
        using var home = new PlatformHome(broker.Password);
        home.Configure($"bus:\n  host: {broker.Host}\n  port: {broker.Port}\n  user: {broker.User}");
        var processes = new Dictionary<string, ServiceProcess>();
        try
        {
            foreach (var (name, assembly) in (ReadOnlySpan<(string, string)>)[("deployer", "Mambo.Deployer"), ("alert-relay", "Mambo.AlertRelay"), ("backoffice", "Mambo.Backoffice")])
                processes[name] = new ServiceProcess(assembly, home);
            foreach (var (name, process) in processes)
                rows.Add(Row.AtMost($"{name}: time to ready", await TimeToReadyAsync(process), "s", 2));
            await Task.Delay(Settle);
            foreach (var (name, process) in processes)
            {
                var memory = Memory(process.ProcessId);
                rows.Add(new Row($"{name}: RSS", memory.Rss, "MB"));
                rows.Add(new Row($"{name}: PSS", memory.Pss, "MB"));
            }

            rows.Add(new Row("the three services together: PSS", processes.Values.Sum(process => Memory(process.ProcessId).Pss), "MB"));
        }
        finally
        {
            foreach (var process in processes.Values)
                await process.DisposeAsync();
        }
    }

    private static async Task<double> TimeToReadyAsync(ServiceProcess process)
    {
        var times = new List<double>();
        for (var start = 0; start < 5; start++)
        {
            if (start > 0)
                await process.StopAsync();
            var watch = Stopwatch.StartNew();
            await process.StartAsync();
            times.Add(watch.Elapsed.TotalSeconds);
        }

        return times.Median();
    }

    private static (double Rss, double Pss) Memory(int pid)
    {
        var lines = File.ReadAllLines($"/proc/{pid}/smaps_rollup");
        return (Megabytes("Rss:"), Megabytes("Pss:"));

        double Megabytes(string field) => double.Parse(
            lines.First(line => line.StartsWith(field, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
