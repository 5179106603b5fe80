using System.Net;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.ScanJobs;
using k8s;
using k8s.Autorest;

namespace DeepfakeOperator.Demo;

/// <summary>Reads our resources from the API server.</summary>
public sealed class ScanJobClient(IKubernetes kubernetes)
{
    /// <summary>One ScanJob.</summary>
    public async Task<ScanJob> GetAsync(string scanJobNamespace, string name, CancellationToken cancellationToken) =>
        await Typed(ScanJob.Plural).ReadNamespacedAsync<ScanJob>(scanJobNamespace, name, cancellationToken);

    /// <summary>Deletes a ScanJob and waits until its finalizer has removed what it had in Kafka; one that is not there is no fault.</summary>
    public async Task DeleteAsync(string scanJobNamespace, string name, CancellationToken cancellationToken)
    {
        try
        {
            await Typed(ScanJob.Plural).DeleteNamespacedAsync<ScanJob>(scanJobNamespace, name, cancellationToken);
            await WaitAsync(scanJobNamespace, name, _ => false, null, cancellationToken);
        }
        catch (HttpOperationException error) when (error.Response.StatusCode == HttpStatusCode.NotFound)
        {
            // Gone is what was asked for.
        }
    }

    /// <summary>One ClusterDetector.</summary>
    public async Task<ClusterDetector> GetClusterDetectorAsync(string name, CancellationToken cancellationToken) =>
        await Typed(ClusterDetector.Plural).ReadAsync<ClusterDetector>(name, cancellationToken);

    /// <summary>Waits until a ScanJob looks as wished; <paramref name="seen"/> is told of every look.</summary>
    public async Task<ScanJob> WaitAsync(
        string scanJobNamespace, string name, Func<ScanJob, bool> wished, Action<ScanJob>? seen, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        do
        {
            var job = await GetAsync(scanJobNamespace, name, cancellationToken);
            seen?.Invoke(job);
            if (wished(job)) return job;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
        throw new OperationCanceledException(cancellationToken);
    }

    private GenericClient Typed(string plural) => new(kubernetes, ApiGroup.Name, ApiGroup.Version, plural, disposeClient: false);
}
