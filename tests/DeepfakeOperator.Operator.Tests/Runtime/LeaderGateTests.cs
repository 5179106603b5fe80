using System.Net;
using System.Text;
using DeepfakeOperator.Operator.Runtime;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DeepfakeOperator.Operator.Tests.Runtime;

public sealed class LeaderGateTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly LeaseServer _server = new();

    [Fact]
    public async Task A_holder_that_hears_nothing_gives_up_before_another_may_take_over()
    {
        var hold = await HoldAsync();
        await PassAsync(TimeSpan.FromSeconds(7), hold);
        Assert.False(hold.IsCompleted);
        _server.IsSilent = true;
        var waited = await PassAsync(TimeSpan.FromSeconds(40), hold);
        Assert.True(hold.IsCompleted);
        await Assert.ThrowsAsync<LeaseLostException>(() => hold);
        // Its lease, renewed two and a half seconds before at most, is good for fifteen.
        Assert.InRange(waited.TotalSeconds, 7, 12.4);
    }

    [Fact]
    public async Task Somebody_who_writes_on_the_lease_does_not_take_it_away()
    {
        var hold = await HoldAsync();
        _server.Conflicts = 2;
        await PassAsync(TimeSpan.FromSeconds(20), hold);
        Assert.Equal(0, _server.Conflicts);
        Assert.False(hold.IsCompleted);
    }

    [Fact]
    public async Task A_holder_whose_lease_was_taken_is_told()
    {
        var hold = await HoldAsync();
        _server.GiveTo("other");
        await PassAsync(TimeSpan.FromSeconds(5), hold);
        Assert.True(hold.IsCompleted);
        await Assert.ThrowsAsync<LeaseLostException>(() => hold);
    }

    public void Dispose() => _server.Dispose();

    private async Task<Task> HoldAsync()
    {
        var kubernetes = new Kubernetes(new KubernetesClientConfiguration { Host = "http://api" }, _server);
        var gate = new LeaderGate(
            new ResourceClient<V1Lease>(new KubernetesApi(kubernetes)), new ObjectKey("system", "operator"), LeaseServer.Us, _clock,
                NullLogger.Instance);
        await gate.AcquireAsync(TestContext.Current.CancellationToken);
        return gate.HoldAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Lets time pass until the task ends; how much.</summary>
    private async Task<TimeSpan> PassAsync(TimeSpan most, Task until)
    {
        var begun = _clock.GetUtcNow();
        while (_clock.GetUtcNow() - begun < most && !until.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(0.25));
            // What the timers woke runs now.
            await Task.Delay(15, TestContext.Current.CancellationToken);
        }
        return _clock.GetUtcNow() - begun;
    }

    /// <summary>An API server with one Lease in it.</summary>
    private sealed class LeaseServer : DelegatingHandler
    {
        public const string Us = "us";

        private int _version = 1;
        private string _holder = "";

        public bool IsSilent { get; set; }

        public int Conflicts { get; set; }

        public void GiveTo(string holder) => (_holder, _version) = (holder, _version + 1);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (IsSilent) await Task.Delay(Timeout.Infinite, cancellationToken);
            if (request.Method == HttpMethod.Patch)
            {
                if (Conflicts > 0)
                {
                    Conflicts--;
                    return Answer(HttpStatusCode.Conflict, """{"kind":"Status","reason":"Conflict","message":"the object has been modified"}""");
                }
                GiveTo(Us);
            }
            return Answer(HttpStatusCode.OK, $$$"""
                {"kind":"Lease","metadata":{"name":"operator","resourceVersion":"{{{_version}}}"},"spec":{"holderIdentity":"{{{_holder}}}","leaseDurationSeconds":15}}
                """);
        }

        private static HttpResponseMessage Answer(HttpStatusCode status, string json) =>
            new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
    }
}
