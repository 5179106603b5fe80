using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.ScanJobs;
using DeepfakeOperator.Operator.Tests.Cluster;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.Tests.Detectors;

public sealed class DetectorTests(TestCluster cluster)
{
    [Fact]
    public async Task A_detector_is_ready_once_its_check_passed_and_checked_again_when_it_changes()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await using var running = await scenario.OperatorAsync();
        await scenario.ApplyDetectorAsync("1");
        await UntilAsync(scenario, ConditionTypes.Ready, "ConformancePassed");
        await UntilNothingIsLeftAsync(scenario);
        await scenario.ApplyDetectorAsync("bad");
        Assert.Contains("off by 0.3", (await UntilAsync(scenario, ConditionTypes.Stalled, "OutputsDiffer")).Message, StringComparison.Ordinal);
        await scenario.ApplyDetectorAsync("3");
        await UntilAsync(scenario, ConditionTypes.Ready, "ConformancePassed");
        await UntilNothingIsLeftAsync(scenario);
        Assert.Equal("CPU", (await scenario.DetectorAsync())!.Status!.Provider);
    }

    [Fact]
    public async Task A_detector_waits_for_the_face_detector_that_it_names()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await using var running = await scenario.OperatorAsync();
        await scenario.ApplyDetectorAsync(change: spec => spec with { Modality = Modality.Face, Face = new FaceSpec { Detector = "finder" } });
        Assert.Contains("'finder'", (await UntilAsync(scenario, ConditionTypes.Stalled, "DetectorNotFound")).Message, StringComparison.Ordinal);

        await scenario.ApplyDetectorAsync(name: "finder", change: spec => spec with
        {
            Role = DetectorRole.FaceDetector,
            Boxes = new BoxesSpec { Levels = [new BoxLevelSpec { Stride = 8, Score = "y", Box = "z" }] },
            Conformance = spec.Conformance! with { Score = null, Boxes = [new ExpectedBox { Box = [8, 8, 24, 24], Score = 0.9 }] },
        });

        await UntilAsync(scenario, ConditionTypes.Ready, "ConformancePassed");
    }

    [Fact]
    public async Task An_image_that_cannot_be_pulled_shows_in_the_condition()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await using var running = await scenario.OperatorAsync();
        await scenario.ApplyDetectorAsync("stuck");
        Assert.Contains("no such image", (await UntilAsync(scenario, ConditionTypes.Stalled, "ImagePullBackOff")).Message, StringComparison.Ordinal);
    }

    private static async Task<V1Condition> UntilAsync(Scenario scenario, string type, string reason)
    {
        V1Condition? condition = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var detector = await scenario.DetectorAsync();
                condition = Conditions.Find(detector?.Status?.Conditions, type);
                return condition is { Status: "True" } && condition.Reason == reason && detector!.Status!.ObservedGeneration == detector.Metadata.Generation;
            },
            () => $"{type} with {reason}; it is {condition?.Status} {condition?.Reason} {condition?.Message}");
        return condition!;
    }

    private Task UntilNothingIsLeftAsync(Scenario scenario) => Eventually.TrueAsync(
        async () =>
        {
            var jobs = await cluster.Kubernetes.BatchV1.ListNamespacedJobAsync(scenario.Namespace, cancellationToken: TestCluster.Cancellation);
            var maps = await cluster.Kubernetes.CoreV1.ListNamespacedConfigMapAsync(scenario.Namespace, labelSelector: ApiGroup.DetectorLabel, cancellationToken: TestCluster.Cancellation);
            return jobs.Items.Count == 0 && maps.Items.Count == 0;
        },
        () => "check Jobs and their ConfigMaps are gone");
}
