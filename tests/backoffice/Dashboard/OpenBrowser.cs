using Mambo.TestEnvironment;

namespace Mambo.Backoffice.Tests.Dashboard;

/// <summary>One browser for all tests of a class; each opens a tab of its own.</summary>
public sealed class OpenBrowser : IAsyncLifetime
{
    internal Browser Browser { get; private set; } = null!;

    public async Task InitializeAsync() => Browser = await Browser.StartAsync();

    public async Task DisposeAsync() => await Browser.DisposeAsync();
}
