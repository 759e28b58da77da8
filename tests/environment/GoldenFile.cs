using System.Text;

namespace Mambo.TestEnvironment;

/// <summary>
/// A file of the repository that tests hold their output against. With <c>MAMBO_WRITE_GOLDEN=1</c> in the environment the file is written instead;
/// the change then shows in git, for a person to read.
/// </summary>
public static class GoldenFile
{
    /// <summary>Root of the repository these tests were built in.</summary>
    public static string Repository { get; } = Root(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>Full path of a file named from the root of the repository.</summary>
    public static string PathOf(string file) => Path.Combine(Repository, file);

    /// <summary>Compares byte for byte.</summary>
    /// <param name="file">Path from the root of the repository.</param>
    /// <param name="actual">What the file should hold.</param>
    /// <exception cref="GoldenFileException">It holds something else; the message shows the difference and how to accept it.</exception>
    public static void ShouldMatch(string file, string actual)
    {
        if (Environment.GetEnvironmentVariable("MAMBO_WRITE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
            File.WriteAllBytes(PathOf(file), Encoding.UTF8.GetBytes(actual));
        }
        else if (Difference(file, actual) is { } difference)
        {
            throw new GoldenFileException(difference);
        }
    }

    /// <summary>What is different and how to accept it. Null: nothing is.</summary>
    public static string? Difference(string file, string actual)
    {
        var path = PathOf(file);
        var expected = File.Exists(path) ? File.ReadAllBytes(path) : null;
        return expected?.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(actual)) == true
            ? null
            : $"{path} {(expected is null ? "does not exist" : "differs")}. Run this test with MAMBO_WRITE_GOLDEN=1 to write it.\n{Lines(Encoding.UTF8.GetString(expected ?? []), actual)}";
    }

    /// <summary>Compares the part of a file between the lines <c>&lt;!-- generated --&gt;</c> and <c>&lt;!-- end of generated --&gt;</c>; the rest is written by hand.</summary>
    public static void GeneratedPartShouldMatch(string file, string actual)
    {
        const string Begin = "<!-- generated -->\n", End = "<!-- end of generated -->\n";
        var text = File.ReadAllText(PathOf(file));
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
            throw new GoldenFileException($"{PathOf(file)} has no lines {Begin.Trim()} and {End.Trim()}.");
        ShouldMatch(file, $"{text[..(begin + Begin.Length)]}\n{actual}\n{text[end..]}");
    }

    /// <summary>The lines that are only in one of the two, with two common ones around them.</summary>
    private static string Lines(string expected, string actual)
    {
        var (before, now) = (expected.Split('\n'), actual.Split('\n'));
        var start = 0;
        while (start < before.Length && start < now.Length && before[start] == now[start])
            start++;
        var end = 0;
        while (end < before.Length - start && end < now.Length - start && before[^(end + 1)] == now[^(end + 1)])
            end++;

        var first = Math.Max(0, start - 2);
        return string.Join('\n',
        [
            $"@@ line {start + 1} @@",
            .. before[first..start].Select(line => $"  {line}"),
            .. before[start..^end].Select(line => $"- {line}"),
            .. now[start..^end].Select(line => $"+ {line}"),
            .. before[^end..].Take(2).Select(line => $"  {line}"),
        ]);
    }

    private static string Root(DirectoryInfo? folder) => folder switch
    {
        null => throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} is not inside the repository: no folder above it holds Mambo.Platform.sln."),
        _ when File.Exists(Path.Combine(folder.FullName, "Mambo.Platform.sln")) => folder.FullName,
        _ => Root(folder.Parent),
    };
}

/// <summary>Output is not what the repository's file says it is.</summary>
public sealed class GoldenFileException(string message) : Exception(message);
