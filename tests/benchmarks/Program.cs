return await Mambo.Benchmarks.Bus.BusBenchmark.RunAsync(args.Contains("--json"));
