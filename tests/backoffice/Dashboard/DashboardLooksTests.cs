using Mambo.ServiceDefaults.Hosts;
using Mambo.TestEnvironment;

using static Microsoft.Playwright.Assertions;

namespace Mambo.Backoffice.Tests.Dashboard;

/// <summary>
/// How the page looks on a desktop, at night and on a phone: nothing is cut off, and every text can be read. The pictures are left in <c>artifacts/dashboard</c>;
/// the first also becomes the one in the documentation: <c>MAMBO_WRITE_GOLDEN=1 dotnet test tests/backoffice --filter DashboardLooks</c>.
/// </summary>
[Trait("Needs", "Chromium")]
public sealed class DashboardLooksTests(OpenBrowser opened) : IClassFixture<OpenBrowser>
{
    private const string Picture = "docs/images/dashboard.png";

    /// <summary>Texts whose contrast to what they stand on is less than 4.5 (WCAG AA), each with its ratio.</summary>
    private const string HardToRead = """
        () => {
          const parse = color => color.match(/[\d.]+/g).map(Number);
          const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
          const ground = element => { for (let at = element; at; at = at.parentElement) { const color = parse(getComputedStyle(at).backgroundColor); if ((color[3] ?? 1) === 1) return color; } return [255, 255, 255]; };
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const found = [];
          for (let node; node = walker.nextNode();) {
            const element = node.parentElement;
            if (!node.data.trim() || !element.checkVisibility() || element.closest('noscript, option')) continue;
            const [light, dark] = [luminance(parse(getComputedStyle(element).color)), luminance(ground(element))].sort((a, b) => b - a);
            const ratio = (light + .05) / (dark + .05);
            if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${node.data.trim()}`);
          }
          return found;
        }
        """;

    [Theory]
    [InlineData("desktop-light", 1280, 800, false)]
    [InlineData("desktop-dark", 1280, 800, true)]
    [InlineData("phone-light", 390, 844, false)]
    [InlineData("phone-dark", 390, 844, true)]
    public async Task Page_ThreeAppsAndAFailedDeployment_FitsAndCanBeRead(string name, int width, int height, bool dark)
    {
        await using var office = await Office.StartAsync("platform.name=garden", "platform.domain=example.dev");
        await new Story(office).ThreeAppsAsync();
        await using var tab = await opened.Browser.OpenAsync(width, height, dark);
        await tab.GotoAsync(office.App.Services.ListeningAt(Listeners.Api).ToString());
        (await tab.Page.EvaluateAsync<string[]>(HardToRead)).ShouldBeEmpty();
        await ShootAsync(tab, $"{name}-sign-in", golden: false);

        await tab.Page.GetByLabel("API token").FillAsync(office.Home.ApiToken);
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.Locator("#line")).ToHaveTextAsync("Live");
        await tab.Page.Locator(".deployment[data-state=failed] summary").ClickAsync();
        await tab.Page.Mouse.MoveAsync(0, 0);
        await tab.Page.EvaluateAsync("document.activeElement.blur()");

        await ShootAsync(tab, name, golden: name == "desktop-light");
        (await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
        (await tab.Page.EvaluateAsync<string[]>(HardToRead)).ShouldBeEmpty();
        await tab.Page.Locator("#timeline summary").First.ClickAsync();
        (await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
        tab.Errors.ShouldBeEmpty();
    }

    private static async Task ShootAsync(Tab tab, string name, bool golden)
    {
        var picture = await tab.Page.ScreenshotAsync(new() { Path = GoldenFile.PathOf($"artifacts/dashboard/{name}.png") });
        if (golden && Environment.GetEnvironmentVariable("MAMBO_WRITE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(GoldenFile.PathOf(Picture))!);
            await File.WriteAllBytesAsync(GoldenFile.PathOf(Picture), picture);
        }
    }
}
