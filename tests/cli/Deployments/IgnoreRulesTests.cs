using Mambo.Cli.Deployments;

namespace Mambo.Cli.Tests.Deployments;

public class IgnoreRulesTests
{
    [Theory]
    [InlineData("a.log", "a.log", true)]
    [InlineData("a.log", "sub/a.log", false)]
    [InlineData("/a.log", "a.log", true)]
    [InlineData("*.log", "b.log", true)]
    [InlineData("*.log", "sub/b.log", false)]
    [InlineData("**/*.log", "sub/deep/b.log", true)]
    [InlineData("**/*.log", "b.log", true)]
    [InlineData("build", "build/out/x", true)]
    [InlineData("build/", "build/out", true)]
    [InlineData("build", "builder", false)]
    [InlineData("?.txt", "a.txt", true)]
    [InlineData("?.txt", "ab.txt", false)]
    [InlineData("a/**/z", "a/z", true)]
    [InlineData("a/**/z", "a/b/c/z", true)]
    [InlineData("a/**", "a/b", true)]
    [InlineData("a.b", "aXb", false)]
    [InlineData("# a", "# a", false)]
    [InlineData("", "a", false)]
    [InlineData("*\n!keep", "keep", false)]
    [InlineData("*\n!keep", "drop", true)]
    [InlineData("!keep\n*", "keep", true)]
    public void Leaves_Pattern_AsDockerIgnoreDoes(string rules, string path, bool leaves) => new IgnoreRules(rules.Split('\n')).Leaves(path).ShouldBe(leaves);
}
