using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace DeepfakeOperator.Operator.Tests.Cluster;

/// <summary>
/// Sits between the operator and the API server, and answers some requests itself: each watch or list takes the next answer laid out for it.
/// </summary>
internal sealed class Saboteur : DelegatingHandler
{
    public ConcurrentQueue<Func<Task<HttpResponseMessage>>> Watches { get; } = new();

    public ConcurrentQueue<Func<Task<HttpResponseMessage>>> Lists { get; } = new();

    /// <summary>Lists asked for so far.</summary>
    public int Listed { get; private set; }

    public static Func<Task<HttpResponseMessage>> Answer(HttpStatusCode status, string body, TimeSpan? retryAfter = null) => () =>
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (retryAfter is { } wait) response.Headers.RetryAfter = new RetryConditionHeaderValue(wait);
        return Task.FromResult(response);
    };

    /// <summary>A connection that is open and says nothing, as when the other end has gone without a word.</summary>
    public static Func<Task<HttpResponseMessage>> Silence() => () => Task.FromResult(
        new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new SilentStream()) });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isWatch = request.RequestUri!.Query.Contains("watch=true", StringComparison.Ordinal);
        if (!isWatch && request.Method == HttpMethod.Get) Listed++;
        if ((isWatch ? Watches : Lists).TryDequeue(out var answer)) return await answer();
        return await base.SendAsync(request, cancellationToken);
    }

    private sealed class SilentStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
