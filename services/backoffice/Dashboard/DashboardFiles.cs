using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Mambo.Backoffice.Dashboard;

/// <summary>
/// The files of the dashboard by their path, out of the assembly. All but the page lie in a folder named by the hash of them all, so that a browser may keep them for good:
/// another version has another folder, and the modules' imports, relative to each other, stay within it.
/// </summary>
internal sealed class DashboardFiles
{
    /// <summary>What stands in the page for the folder.</summary>
    private const string FolderMark = "{folder}";

    private const string Resources = "dashboard/";
    private const string PageName = "page.html";

    private readonly FrozenDictionary<string, DashboardFile> _files;

    public DashboardFiles()
    {
        var sources = typeof(DashboardFiles).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Resources, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToDictionary(name => name[Resources.Length..], Read);
        var page = Encoding.UTF8.GetString(sources[PageName]);
        sources.Remove(PageName);

        var folder = $"/dashboard/{HashOfAll(sources)}";
        var files = sources.ToDictionary(
            source => $"{folder}/{source.Key}",
            source => new DashboardFile(source.Value, TypeOf(source.Key), $"\"{Short(SHA256.HashData(source.Value))}\""),
            StringComparer.Ordinal);
        files.Add("/", new DashboardFile(Encoding.UTF8.GetBytes(page.Replace(FolderMark, folder, StringComparison.Ordinal)), TypeOf(PageName), null));
        _files = files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Every path there is.</summary>
    public IReadOnlyList<string> Paths => _files.Keys;

    /// <summary>Null: no file has this path.</summary>
    public DashboardFile? Find(string? path) => path is null ? null : _files.GetValueOrDefault(path);

    private static byte[] Read(string resource)
    {
        using var stream = typeof(DashboardFiles).Assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    /// <summary>Over the hash of each file in the order of their names; they come sorted.</summary>
    private static string HashOfAll(Dictionary<string, byte[]> files) =>
        Short(SHA256.HashData([.. files.SelectMany(file => SHA256.HashData([.. Encoding.UTF8.GetBytes(file.Key), 0, .. file.Value]))]));

    private static string Short(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, 8));

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new NotSupportedException($"The dashboard has a file {name}, and no media type is known for {other}."),
    };
}
