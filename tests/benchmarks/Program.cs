using Mambo.Benchmarks;

// mambo bench NAME [--json]: measures against the peer on this machine, in this run, and prints what it measured. No goal makes it fail.
var benchmarks = new SortedDictionary<string, Func<Task<Report>>>(StringComparer.Ordinal)
{
    ["bus"] = BusBenchmark.RunAsync,
    ["deploy"] = DeployBenchmark.RunAsync,
    ["footprint"] = FootprintBenchmark.RunAsync,
    ["rollout"] = RolloutBenchmark.RunAsync,
};

var json = args.Contains("--json");
if (args.Where(argument => argument != "--json").ToArray() is not [var name] || !benchmarks.TryGetValue(name, out var run))
{
    Console.Error.WriteLine($"Usage: mambo bench {string.Join('|', benchmarks.Keys)} [--json]");
    return 2;
}

var report = await run();
Console.WriteLine(json ? report.ToJson() : report.ToTable());
return 0;
