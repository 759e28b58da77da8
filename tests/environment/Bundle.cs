using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Mambo.TestEnvironment;

/// <summary>An app's folder as the door takes it: a tar.gz and its digest.</summary>
public sealed record Bundle(byte[] Bytes)
{
    /// <summary><c>sha256:</c> and 64 hexadecimal digits.</summary>
    public string Digest { get; } = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Bytes))}";

    /// <summary>Packs files given as path and text.</summary>
    public static Bundle Of(params IEnumerable<(string Path, string Text)> files)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (var (path, text) in files)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path)
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                });
            }
        }

        return new Bundle(packed.ToArray());
    }

    /// <summary>Unpacks it into an existing folder.</summary>
    public void ExtractTo(string folder)
    {
        using var gzip = new GZipStream(new MemoryStream(Bytes), CompressionMode.Decompress);
        TarFile.ExtractToDirectory(gzip, folder, overwriteFiles: false);
    }

    /// <summary>A web app of one service that serves <paramref name="page"/> under the host <c>{app}.localhost</c>.</summary>
    /// <param name="app">The app's name.</param>
    /// <param name="page">The text of its page.</param>
    /// <param name="healthy">False: the container runs and its health check never passes.</param>
    /// <param name="image">The web server's image. Default: the stand-in built from the distribution's packages.</param>
    public static Bundle WebApp(string app, string page, bool healthy = true, string image = "mambo-web:local") => Of(
        ("compose.yml",
            $$"""
            services:
              web:
                image: {{image}}
                labels:
                  traefik.enable: "true"
                  traefik.http.routers.{{app}}.rule: "Host(`{{app}}.localhost`)"
                  traefik.http.services.{{app}}.loadbalancer.server.port: "80"
                volumes:
                  - ./html:/usr/share/nginx/html:ro
                healthcheck:
                  test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/{{(healthy ? "" : "no-such-page")}}"]
                  interval: 500ms
                  timeout: 2s
                  retries: 4
                  start_period: 0s
                stop_grace_period: 1s
                mem_limit: 32m
            """),
        ("html/index.html", page));
}
