using System.Text.RegularExpressions;

using Mambo.TestEnvironment;

using YamlDotNet.RepresentationModel;

namespace Mambo.Backoffice.Tests.Ci;

/// <summary>The action, the ready workflows and the GitLab snippet say the same as the script.</summary>
public sealed class ActionFilesTests
{
    private static readonly YamlMappingNode Action = Read("deploy/github-action/action.yml");
    private static readonly HashSet<string> Known =
        [.. Regex.Matches(File.ReadAllText(GoldenFile.PathOf("deploy/github-action/deploy.sh")), "^# (MAMBO_[A-Z_]+) ", RegexOptions.Multiline).Select(match => match.Groups[1].Value)];

    [Fact]
    public void Action_EveryInput_ReachesTheScriptAsAVariableItKnows()
    {
        var inputs = Map(Action, "inputs").Children.Keys.Select(key => $"{key}").ToList();
        var step = (YamlMappingNode)((YamlSequenceNode)Map(Action, "runs").Children["steps"]).Children.ShouldHaveSingleItem();
        var variables = Map(step, "env").Children.ToDictionary(entry => $"{entry.Key}", entry => $"{entry.Value}");

        variables.ShouldBe(inputs.ToDictionary(input => $"MAMBO_{input.ToUpperInvariant()}", input => $"${{{{ inputs.{input} }}}}"), ignoreOrder: true);
        variables.Keys.ShouldBeSubsetOf(Known);
        step.Children["run"].ToString().ShouldBe("\"$GITHUB_ACTION_PATH/deploy.sh\"");
        File.GetUnixFileMode(GoldenFile.PathOf("deploy/github-action/deploy.sh")).HasFlag(UnixFileMode.UserExecute | UnixFileMode.OtherExecute).ShouldBeTrue();
    }

    [Theory]
    [InlineData("app")]
    [InlineData("platform")]
    public void Workflow_UsesTheAction_WithInputsItHasAndTheRightToAToken(string name)
    {
        var workflow = Read($"deploy/github-action/workflows/{name}.yml");

        Map(workflow, "permissions").Children["id-token"].ToString().ShouldBe("write");
        var uses = ((YamlSequenceNode)Map(Map(workflow, "jobs"), "deploy").Children["steps"]).Children.OfType<YamlMappingNode>()
            .Single(step => step.Children.TryGetValue("uses", out var action) && action.ToString().Contains("deploy/github-action", StringComparison.Ordinal));
        Map(uses, "with").Children.Keys.Select(key => $"{key}").ShouldBeSubsetOf(Map(Action, "inputs").Children.Keys.Select(key => $"{key}"));
    }

    [Fact]
    public void Gitlab_Snippet_GivesTheScriptItsToken()
    {
        var job = Map(Read("deploy/gitlab/mambo-deploy.yml"), ".mambo-deploy");

        Map(job, "id_tokens").Children.Keys.Select(key => $"{key}").ShouldBe(["MAMBO_ID_TOKEN"]);
        Known.ShouldContain("MAMBO_ID_TOKEN");
    }

    private static YamlMappingNode Map(YamlMappingNode node, string key) => (YamlMappingNode)node.Children[key];

    private static YamlMappingNode Read(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(GoldenFile.PathOf(file))));
        return (YamlMappingNode)yaml.Documents.ShouldHaveSingleItem().RootNode;
    }
}
