using System.Runtime;
using System.Text.Json;

using Mambo.TestEnvironment;

namespace Mambo.Scenarios.Tests;

/// <summary>The memory settings of <c>Directory.Build.props</c> reach every process, and the runtime obeys them: the budget is no documented setting, so its effect is measured.</summary>
public class FootprintTests
{
    private const long Budget = 4 * 1024 * 1024;

    [Theory]
    [InlineData("Mambo.AllInOne")]
    [InlineData("Mambo.Deployer")]
    [InlineData("Mambo.AlertRelay")]
    [InlineData("Mambo.Backoffice")]
    public void RuntimeConfiguration_OfEveryService_HasTheMemorySettings(string assembly)
    {
        var file = Path.ChangeExtension(ServiceProcess.PathOf(assembly), ".runtimeconfig.json");

        var properties = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(file)).GetProperty("runtimeOptions").GetProperty("configProperties");

        properties.GetProperty("System.GC.Server").GetBoolean().ShouldBeFalse();
        properties.GetProperty("System.GC.Concurrent").GetBoolean().ShouldBeFalse();
        properties.GetProperty("System.GC.Gen0MaxBudget").GetInt64().ShouldBe(Budget);
    }

    /// <summary>These tests run under the same settings as the services; tests that allocate beside this one do not disturb the ratio.</summary>
    [Fact]
    public void Gen0Budget_WhileGarbageIsMade_IsCollectedEveryFewMegabytes()
    {
        GCSettings.IsServerGC.ShouldBeFalse();
        GCSettings.LatencyMode.ShouldBe(GCLatencyMode.Batch, "concurrent collection is off");
        var (bytes, collections) = (GC.GetTotalAllocatedBytes(), GC.CollectionCount(0));

        var kept = 0;
        for (var i = 0; i < 256 * 1024; i++)
            kept += new byte[1024].Length;

        kept.ShouldBe(256 * 1024 * 1024);
        var between = (GC.GetTotalAllocatedBytes() - bytes) / Math.Max(1, GC.CollectionCount(0) - collections);
        between.ShouldBeLessThan(Budget * 3 / 2, "without the budget it follows the processor's cache: tens of megabytes");
    }
}
