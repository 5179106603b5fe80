namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>
/// A response's body that goes on where its connection broke, where the server says by a strong entity tag that the rest belongs to what was read.
/// Without one, and where the break brought nothing new, the fault is the reader's.
/// </summary>
internal sealed class ResumingStream(HttpResponseMessage first, Func<RestOfMedia, CancellationToken, Task<HttpResponseMessage>> getRest) : Stream
{
    private HttpResponseMessage _response = first;
    private Stream? _body;
    private long _position;
    private long _resumedAt;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                _body ??= await _response.Content.ReadAsStreamAsync(cancellationToken);
                var read = await _body.ReadAsync(buffer, cancellationToken);
                _position += read;
                return read;
            }
            catch (Exception error) when (error is HttpIOException or HttpRequestException)
            {
                if (_position == _resumedAt || _response.Headers.ETag is not { IsWeak: false } tag)
                    throw new TransientFetchException("the connection broke in the middle", inner: error);
                await ResumeAsync(new RestOfMedia(_position, tag), cancellationToken);
            }
        }
    }

    public override void Flush()
    {
        // Nothing is written.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _response.Dispose();
        base.Dispose(disposing);
    }

    private async Task ResumeAsync(RestOfMedia rest, CancellationToken ct)
    {
        var response = await getRest(rest, ct);
        if (!rest.IsAnsweredBy(response))
        {
            response.Dispose();
            throw new TransientFetchException("the connection broke in the middle, and the server gives no rest of the same media");
        }
        _response.Dispose();
        (_response, _body, _resumedAt) = (response, null, _position);
    }
}
