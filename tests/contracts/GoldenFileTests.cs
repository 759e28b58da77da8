using Mambo.TestEnvironment;

namespace Mambo.Contracts.Tests;

public class GoldenFileTests
{
    [Fact]
    public void Difference_OtherText_ShowsTheLinesAndHowToAcceptThem()
    {
        const string File = "tests/contracts/Golden/bundle-stored.json";
        var other = System.IO.File.ReadAllText(GoldenFile.PathOf(File)).Replace("1048576", "1048577", StringComparison.Ordinal);

        var message = GoldenFile.Difference(File, other);

        message.ShouldNotBeNull();
        message.ShouldStartWith($"{GoldenFile.PathOf(File)} differs. Run this test with MAMBO_WRITE_GOLDEN=1 to write it.\n@@ line 3 @@\n");
        message.ShouldContain("\n-   \"size\": 1048576,\n+   \"size\": 1048577,\n");
    }

    [Fact]
    public void Difference_NoSuchFile_NamesTheFile() =>
        GoldenFile.Difference("tests/contracts/Golden/no-such.json", "{}\n").ShouldBe(
            $"{GoldenFile.PathOf("tests/contracts/Golden/no-such.json")} does not exist. Run this test with MAMBO_WRITE_GOLDEN=1 to write it.\n@@ line 1 @@\n+ {{}}\n  ");
}
