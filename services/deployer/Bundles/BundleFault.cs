namespace Mambo.Deployer.Bundles;

/// <summary>A bundle cannot be used; the message says what is wrong with it and what to do.</summary>
internal sealed class BundleFault(string message) : Exception(message);
