using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Detectors;
using DeepfakeOperator.Operator.Kafka;
using DeepfakeOperator.Operator.Runtime;
using DeepfakeOperator.Operator.ScanJobs;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator;

/// <summary>The whole operator: watches, queues, controllers. Watches also while another leads, so that a successor starts with full caches.</summary>
internal sealed class OperatorHost : IAsyncDisposable
{
    private const string Ours = "app.kubernetes.io/managed-by=" + KubernetesApi.FieldManager;

    /// <summary>A worker waits for the API server and Kafka most of its time, never blocks a thread, and holds up only its own key.</summary>
    private const int Workers = 16;

    /// <summary>Open dealers; a client of librdkafka has a few threads and a connection to each broker.</summary>
    private const int MostDealers = 32;

    private static readonly TimeSpan ReconcileTimeout = TimeSpan.FromMinutes(2);

    /// <summary>What a reconcile may take to notice that the lease is lost; the process ends before another can hold it.</summary>
    private static readonly TimeSpan LossPatience = TimeSpan.FromSeconds(2);

    private readonly Store<ScanJob> _scanJobs = new();
    private readonly Store<Detector> _detectors = new();
    private readonly Store<ClusterDetector> _clusterDetectors = new();
    private readonly Store<V1Job> _jobs = new();
    private readonly Store<V1Pod> _pods = new();
    private readonly WorkQueue _scanJobQueue;
    private readonly WorkQueue _detectorQueue;
    private readonly BlockingCalls _calls = new(32);
    private readonly DealerPool _dealers;
    private readonly KafkaConnections _connections;
    private readonly ScanJobReconciler _scanJobReconciler;
    private readonly EventRecorder _events;
    private readonly LeaderGate? _gate;
    private readonly TimeProvider _clock;
    private readonly List<Func<CancellationToken, Task>> _watchers;
    private readonly List<Controller> _controllers;

    public OperatorHost(Kubernetes kubernetes, OperatorOptions options, TimeProvider clock, ILoggerFactory logs)
    {
        _clock = clock;
        var log = logs.CreateLogger("operator");
        var api = new KubernetesApi(kubernetes);
        var scope = options.WatchNamespace;
        var scanJobs = new ResourceClient<ScanJob>(api, scope);
        var detectors = new ResourceClient<Detector>(api, scope);
        var clusterDetectors = new ResourceClient<ClusterDetector>(api);
        var jobs = new ResourceClient<V1Job>(api, scope);
        var pods = new ResourceClient<V1Pod>(api, scope);
        var configMaps = new ResourceClient<V1ConfigMap>(api, scope);

        _scanJobQueue = new WorkQueue(clock, options.Retries);
        _detectorQueue = new WorkQueue(clock, options.Retries);
        _connections = new KafkaConnections(clock, logs.CreateLogger("kafka"));
        _dealers = new DealerPool(MostDealers, _calls);
        _events = new EventRecorder(new ResourceClient<Corev1Event>(api), options.Identity, clock, log);
        if (options.LeaderElect)
        {
            var lease = new ObjectKey(options.Namespace, KubernetesApi.FieldManager);
            _gate = new LeaderGate(new ResourceClient<V1Lease>(api), lease, options.Identity, clock, logs.CreateLogger("leader"));
        }

        var resolver = new DetectorResolver(_detectors, _clusterDetectors);
        var secrets = new KafkaSecrets(new ResourceClient<V1Secret>(api), clock);
        var slots = new WorkerSlots(jobs, pods, _jobs, _pods, options.WorkerImage, clock);
        _scanJobReconciler = new ScanJobReconciler(
            _scanJobs,
            scanJobs,
            resolver,
            secrets,
            new WorkerConfiguration(configMaps),
            slots,
            new ScanJobFinalizer(scanJobs, slots, secrets, _events, clock),
            job => OpenSession(job, clock, log),
            _events,
            clock);
        var local = new DetectorReconciler<Detector>(_detectors, detectors, jobs, _jobs, _pods, configMaps, resolver, options, _events, clock);
        var shared = new DetectorReconciler<ClusterDetector>(
            _clusterDetectors, clusterDetectors, jobs, _jobs, _pods, configMaps, resolver, options, _events, clock);

        _watchers =
        [
            new ListWatcher<ScanJob>(scanJobs, _scanJobs, null, clock, log).RunAsync,
            new ListWatcher<Detector>(detectors, _detectors, null, clock, log).RunAsync,
            new ListWatcher<V1Job>(jobs, _jobs, Ours, clock, log).RunAsync,
            new ListWatcher<V1Pod>(pods, _pods, Ours, clock, log).RunAsync,
        ];
        // One that serves a single namespace has no rights outside it.
        if (scope is null) _watchers.Add(new ListWatcher<ClusterDetector>(clusterDetectors, _clusterDetectors, null, clock, log).RunAsync);
        else _clusterDetectors.Replace([]);
        _controllers =
        [
            new Controller("scanjob", _scanJobQueue, _scanJobReconciler.ReconcileAsync, Workers, ReconcileTimeout, clock, log),
            new Controller(
                "detector",
                _detectorQueue,
                (key, cancellation) => key.Namespace.Length > 0 ? local.ReconcileAsync(key, cancellation) : shared.ReconcileAsync(key, cancellation),
                workers: 4,
                ReconcileTimeout,
                clock,
                log),
        ];
        Connect();
    }

    /// <summary>All caches have been filled once.</summary>
    public bool IsSynced => Synced.IsCompletedSuccessfully;

    private Task Synced => Task.WhenAll(_scanJobs.Synced, _detectors.Synced, _clusterDetectors.Synced, _jobs.Synced, _pods.Synced);

    /// <summary>Runs until cancelled; then what is under way ends and the lease is given back.</summary>
    /// <exception cref="LeaseLostException">Another may lead by now: the process must end.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // Watches and Events outlive the controllers, which need them to the last.
        using var watching = new CancellationTokenSource();
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var leading = new CancellationTokenSource();
        var background = _watchers.Append(_events.RunAsync).Select(run => Task.Run(() => run(watching.Token), CancellationToken.None)).ToArray();
        var controllers = Task.CompletedTask;
        var lease = Task.CompletedTask;
        try
        {
            await Synced.WaitAsync(working.Token);
            if (_gate is not null)
            {
                await _gate.AcquireAsync(working.Token);
                lease = _gate.HoldAsync(leading.Token);
            }
            OperatorMetrics.Leader.Set(1);
            controllers = Task.WhenAll(_controllers.Select(controller => controller.RunAsync(working.Token)));
            if (_gate is not null && await Task.WhenAny(lease, controllers) == lease)
            {
                await working.CancelAsync();
                await Task.WhenAny(controllers, Task.Delay(LossPatience, _clock, CancellationToken.None));
                controllers = Task.CompletedTask;
                await lease;
            }
            await controllers;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop before it led.
        }
        finally
        {
            await working.CancelAsync();
            await controllers;
            OperatorMetrics.Leader.Set(0);
            await leading.CancelAsync();
            await lease.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await watching.CancelAsync();
            await Task.WhenAll(background);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _scanJobReconciler.DisposeAsync();
        await _dealers.DisposeAsync();
        await _connections.DisposeAsync();
        _calls.Dispose();
        _scanJobQueue.Dispose();
        _detectorQueue.Dispose();
    }

    /// <summary>Which keys a change concerns.</summary>
    private void Connect()
    {
        _scanJobs.Changed += job => _scanJobQueue.Add(ObjectKey.Of(job));
        _detectors.Changed += detector =>
        {
            _detectorQueue.Add(ObjectKey.Of(detector));
            AddUsersOf(detector.Metadata.Name, detector.Metadata.NamespaceProperty);
        };
        _clusterDetectors.Changed += detector =>
        {
            _detectorQueue.Add(ObjectKey.Of(detector));
            AddUsersOf(detector.Metadata.Name, null);
        };
        _jobs.Changed += AddOwnersOf;
        _pods.Changed += pod =>
        {
            foreach (var owner in pod.Metadata.OwnerReferences ?? [])
            {
                if (_jobs.Get(new ObjectKey(pod.Metadata.NamespaceProperty, owner.Name)) is { } job) AddOwnersOf(job);
            }
        };
    }

    private void AddOwnersOf(V1Job job)
    {
        foreach (var owner in job.Metadata.OwnerReferences ?? [])
        {
            if (owner.Kind == ScanJob.KindName) _scanJobQueue.Add(new ObjectKey(job.Metadata.NamespaceProperty, owner.Name));
            else if (owner.Kind == Detector.KindName) _detectorQueue.Add(new ObjectKey(job.Metadata.NamespaceProperty, owner.Name));
            else if (owner.Kind == ClusterDetector.KindName) _detectorQueue.Add(new ObjectKey("", owner.Name));
        }
    }

    private void AddUsersOf(string detector, string? @namespace)
    {
        foreach (var job in _scanJobs.All)
        {
            if ((@namespace is null || job.Metadata.NamespaceProperty == @namespace) && job.Spec.Detectors.Any(reference => reference.Name == detector))
            {
                _scanJobQueue.Add(ObjectKey.Of(job));
            }
        }
    }

    private ScanSession OpenSession(ScanJob job, TimeProvider clock, ILogger log)
    {
        var key = ObjectKey.Of(job);
        // The first record of a second asks for a reconcile, the others of that second ride along.
        return new ScanSession(job, _connections, _dealers, _calls, () => _scanJobQueue.AddAfter(key, TimeSpan.FromSeconds(1)), clock, log);
    }
}
