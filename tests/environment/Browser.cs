using System.Collections.Concurrent;

using Microsoft.Playwright;

namespace Mambo.TestEnvironment;

/// <summary>The machine's Chromium without a window. The test project that uses it must name the package Microsoft.Playwright itself, which brings its driver.</summary>
public sealed class Browser : IAsyncDisposable
{
    private const string Executable = "/usr/bin/chromium";

    /// <summary>As root there is no sandbox; the rest keeps Chromium from looking for its maker's servers.</summary>
    private static readonly string[] Flags =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    /// <summary>For a machine that is busy with other tests.</summary>
    private const int DeadlineMs = 20_000;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Starts it.</summary>
    /// <exception cref="FileNotFoundException">It is not installed.</exception>
    public static async Task<Browser> StartAsync()
    {
        if (!File.Exists(Executable))
            throw new FileNotFoundException($"{Executable} does not exist. Install it with: apt-get install -y --no-install-recommends chromium fonts-inter fonts-jetbrains-mono");
        Assertions.SetDefaultExpectTimeout(DeadlineMs);
        var playwright = await Playwright.CreateAsync().ConfigureAwait(false);
        try
        {
            return new Browser(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Args = Flags }).ConfigureAwait(false));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>Opens a tab that shares nothing with others. Whatever does not show in 20 seconds is missing.</summary>
    public async Task<Tab> OpenAsync(int width = 1280, int height = 800, bool dark = false)
    {
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        }).ConfigureAwait(false);
        context.SetDefaultTimeout(DeadlineMs);
        return new Tab(context, await context.NewPageAsync().ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync().ConfigureAwait(false);
        _playwright.Dispose();
    }
}

/// <summary>A tab and what it complained of.</summary>
public sealed class Tab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<string> _requests = new();

    internal Tab(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _errors.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Request += (_, request) => _requests.Enqueue(request.Url);
    }

    /// <summary>What it shows.</summary>
    public IPage Page { get; }

    /// <summary>Errors and warnings on its console so far (a violated Content-Security-Policy is one), and exceptions nobody caught.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Every address it asked for so far.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Opens an address and waits until all of the page is there.</summary>
    /// <exception cref="InvalidOperationException">A part of it could not be loaded; the message says what the browser complained of.</exception>
    public async Task GotoAsync(string address)
    {
        await Page.GotoAsync(address).ConfigureAwait(false);
        if (!_errors.IsEmpty)
            throw new InvalidOperationException($"{address} did not load well: {string.Join("; ", _errors)}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _context.DisposeAsync().ConfigureAwait(false);
}
