using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;

namespace Mambo.Backoffice.Tests.Bundles;

public sealed class BundleDoorTests : IAsyncLifetime
{
    private static readonly byte[] Bytes = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7)).ToArray();

    private Office _office = null!;

    private string Folder => Path.Combine(_office.Home.Path, "bundles");

    public async Task InitializeAsync() => _office = await Office.StartAsync("api.maxBundleBytes=1MiB");

    public async Task DisposeAsync() => await _office.DisposeAsync();

    [Fact]
    public async Task Put_NewBundle_201StoredAndToldOnce()
    {
        var (status, body) = await PutAsync(DigestOf(Bytes), Bytes);

        status.ShouldBe(HttpStatusCode.Created);
        body.ShouldBe($$"""{"digest":"{{DigestOf(Bytes)}}","size":300000}""");
        (await File.ReadAllBytesAsync(FileOf(DigestOf(Bytes)))).ShouldBe(Bytes);
        (File.GetUnixFileMode(FileOf(DigestOf(Bytes))) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)).ShouldBe(UnixFileMode.None);
        var told = (await ToldAsync()).ShouldHaveSingleItem();
        told.Digest.ShouldBe(DigestOf(Bytes));
        told.Size.ShouldBe(300_000);
        told.StoredBy.ShouldBe("owner");
    }

    [Fact]
    public async Task Put_StoredBundle_200AndNotToldAgain()
    {
        await PutAsync(DigestOf(Bytes), Bytes);

        var (status, body) = await PutAsync(DigestOf(Bytes), Bytes);

        status.ShouldBe(HttpStatusCode.OK);
        body.ShouldBe($$"""{"digest":"{{DigestOf(Bytes)}}","size":300000}""");
        (await ToldAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Put_StoredBundleAndClientWaitsToBeAsked_AnsweredWithoutTheBody()
    {
        await PutAsync(DigestOf(Bytes), Bytes);

        var answer = await RawAsync($"PUT /api/bundles/{DigestOf(Bytes)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_office.Home.ApiToken}\r\nContent-Length: 300000\r\nExpect: 100-continue\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 200 OK");
    }

    [Fact]
    public async Task Head_StoredAndNot_SizeOr404()
    {
        await PutAsync(DigestOf(Bytes), Bytes);
        using var stored = await _office.Api.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/api/bundles/{DigestOf(Bytes)}"));
        using var other = await _office.Api.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/api/bundles/{DigestOf([1])}"));

        stored.StatusCode.ShouldBe(HttpStatusCode.OK);
        stored.Content.Headers.ContentLength.ShouldBe(300_000);
        other.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Put_BytesOfAnotherDigest_400SaysBothAndNothingStays()
    {
        var (status, body) = await PutAsync(DigestOf([1]), Bytes);

        status.ShouldBe(HttpStatusCode.BadRequest);
        Error(body).ShouldBe(("digest", $"The body's 300000 bytes have the digest {DigestOf(Bytes)}, not {DigestOf([1])}. Send the bytes the digest was made of."));
        await ShouldHoldNothingAsync();
    }

    [Theory]
    [InlineData("sha256:abc")]
    [InlineData("sha512:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    public async Task Put_MalformedDigest_400(string digest)
    {
        var (status, body) = await PutAsync(digest, Bytes);

        status.ShouldBe(HttpStatusCode.BadRequest);
        Error(body).Problem.ShouldEndWith("is no digest. Write sha256: and 64 lower-case hexadecimal digits.");
        await ShouldHoldNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Put_TooLarge_413SaysTheLimitAndNothingStays(bool lengthSaid)
    {
        var large = new byte[(1 << 20) + 1];

        var (status, body) = await PutAsync(DigestOf(large), large, chunked: !lengthSaid);

        status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        body.ShouldBe("""{"title":"Content too large","status":413,"detail":"A bundle has at most 1MiB (api.maxBundleBytes). Leave out what the app does not need, or raise the limit."}""");
        await ShouldHoldNothingAsync();
    }

    [Fact]
    public async Task Put_AsLargeAsMayBe_Stored()
    {
        var large = new byte[1 << 20];

        (await PutAsync(DigestOf(large), large, chunked: true)).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Put_ClientGoesInTheMiddle_NothingStays()
    {
        using (var socket = await ConnectAsync())
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes($"PUT /api/bundles/{DigestOf(Bytes)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_office.Home.ApiToken}\r\nContent-Length: 300000\r\n\r\n"));
            await socket.SendAsync(Bytes.AsMemory(0, 200_000));
            await Office.UntilAsync(() => Directory.GetFiles(Folder).Length == 1);
        }

        await Office.UntilAsync(() => Directory.GetFiles(Folder).Length == 0);
        await ShouldHoldNothingAsync();
    }

    [Fact]
    public async Task Put_SameBundleTwiceAtOnce_BothSucceedAndItIsToldOnce()
    {
        using var first = await ConnectAsync();
        using var second = await ConnectAsync();
        var head = Encoding.ASCII.GetBytes($"PUT /api/bundles/{DigestOf(Bytes)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_office.Home.ApiToken}\r\nContent-Length: 300000\r\nConnection: close\r\n\r\n");
        foreach (var socket in (Socket[])[first, second])
        {
            await socket.SendAsync(head);
            await socket.SendAsync(Bytes.AsMemory(0, 100_000));
        }

        // Both are being received now.
        await Office.UntilAsync(() => Directory.GetFiles(Folder).Length == 2);
        await Task.WhenAll(first.SendAsync(Bytes.AsMemory(100_000)).AsTask(), second.SendAsync(Bytes.AsMemory(100_000)).AsTask());
        string[] answers = [await ReadToEndAsync(first), await ReadToEndAsync(second)];

        answers.Select(answer => answer.Split("\r\n")[0]).Order().ShouldBe(["HTTP/1.1 200 OK", "HTTP/1.1 201 Created"]);
        Directory.GetFiles(Folder).ShouldBe([FileOf(DigestOf(Bytes))]);
        (await ToldAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Start_LeftoversOfACrash_AreRemovedAndAnUnrecordedBundleIsToldUnlessItIsDamaged()
    {
        await _office.RestartAsync(meanwhile: () =>
        {
            File.WriteAllText(Path.Combine(Folder, "0123.part"), "half");
            File.WriteAllBytes(FileOf(DigestOf(Bytes)), Bytes);
            File.WriteAllBytes(FileOf(DigestOf([1])), [2]);
        });

        Directory.GetFiles(Folder, "*.part").ShouldBeEmpty();
        var told = (await ToldAsync()).ShouldHaveSingleItem();
        told.Digest.ShouldBe(DigestOf(Bytes));
        told.StoredBy.ShouldBeNull();
        (await PutAsync(DigestOf(Bytes), Bytes)).Status.ShouldBe(HttpStatusCode.OK);

        // The damaged file counts as not stored, and storing the bundle mends it.
        using var damaged = await _office.Api.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/api/bundles/{DigestOf([1])}"));
        damaged.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PutAsync(DigestOf([1]), [1])).Status.ShouldBe(HttpStatusCode.Created);
        (await File.ReadAllBytesAsync(FileOf(DigestOf([1])))).ShouldBe([1]);
    }

    [Fact]
    public async Task Put_DiskFull_507AndNothingStays()
    {
        await using var disk = await SmallDisk.MountAsync(Folder, "512k");
        var large = new byte[900_000];

        var (status, body) = await PutAsync(DigestOf(large), large);

        status.ShouldBe(HttpStatusCode.InsufficientStorage);
        body.ShouldBe("""{"title":"Insufficient storage","status":507,"detail":"The platform's disk is full, and nothing was kept of this request. Free space on the host, then send it again."}""");
        await ShouldHoldNothingAsync();
        (await PutAsync(DigestOf(Bytes), Bytes)).Status.ShouldBe(HttpStatusCode.Created);
    }

    private static string DigestOf(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    private static (string? Field, string? Problem) Error(string body)
    {
        var error = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("errors").EnumerateArray().Single();
        return (error.GetProperty("field").GetString(), error.GetProperty("problem").GetString());
    }

    private string FileOf(string digest) => new MamboPaths(_office.Home.Path).Bundle(digest);

    private async Task ShouldHoldNothingAsync()
    {
        Directory.GetFiles(Folder).ShouldBeEmpty();
        (await ToldAsync()).ShouldBeEmpty();
    }

    /// <summary>A later write to the journal has committed, and so has what was told before it.</summary>
    private async Task<List<BundleStored>> ToldAsync()
    {
        await _office.Journal.WriteAsync(_ => { });
        return _office.Outbox().Where(message => message.Type == "bundle-stored").Select(message => JsonSerializer.Deserialize<BundleStored>(message.Body, WireJson.Options)!).ToList();
    }

    private async Task<(HttpStatusCode Status, string Body)> PutAsync(string digest, byte[] bytes, bool chunked = false)
    {
        using var content = new StreamContent(new MemoryStream(bytes)) { Headers = { ContentType = new MediaTypeHeaderValue("application/gzip"), ContentLength = chunked ? null : bytes.Length } };
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/bundles/{digest}") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        using var answer = await _office.Api.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<Socket> ConnectAsync()
    {
        var address = _office.App.Services.ListeningAt(Listeners.Api);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port);
        return socket;
    }

    private async Task<string> RawAsync(string request)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        var buffer = new byte[4096];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, deadline.Token));
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: false);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
