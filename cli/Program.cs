using Mambo.Cli;

using var interruption = new Interruption();
return await MamboCommand.RunAsync(args, Surroundings.OfThisProcess(), interruption.Token);
