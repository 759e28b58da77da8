namespace Mambo.Backoffice.Http;

/// <summary>Reads a small body whole.</summary>
internal static class BoundedBody
{
    /// <summary>Largest JSON body, in bytes.</summary>
    public const int Largest = 256 * 1024;

    public static Problem TooLarge { get; } = Problem.TooLarge($"The body may have at most {Largest / 1024} KiB.");

    /// <summary>Null: it is larger than <see cref="Largest"/>.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadBoundedAsync(this HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > Largest)
            return null;
        using var body = new MemoryStream((int)(request.ContentLength ?? 0));
        var buffer = new byte[4096];
        while (await request.Body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (body.Length + read > Largest)
                return null;
            body.Write(buffer, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
