using System.Collections.Concurrent;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Scanning;

namespace DeepfakeOperator.Cli.Scan;

/// <summary>Keeps the raw outputs of each item until it is done.</summary>
internal sealed class RawListener(IReadOnlyList<ResolvedDetector> detectors)
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<RawOutputs>> _heard = new(StringComparer.Ordinal);

    internal void Hear(RawOutputs outputs) => _heard.GetOrAdd(outputs.Item, _ => []).Enqueue(outputs);

    /// <summary>What was heard of an item, once: detectors in their order, units in theirs.</summary>
    internal IReadOnlyList<RawRecord> Take(string item)
    {
        if (!_heard.TryRemove(item, out var outputs)) return [];
        return
        [
            .. detectors.SelectMany(detector => outputs.Where(unit => unit.Detector == detector.Name).OrderBy(unit => unit.Unit)
                .Select((unit, index) => new RawRecord(detector.Name, index, Tensors(detector, unit)))),
        ];
    }

    private static IReadOnlyList<RawRecord.Tensor> Tensors(ResolvedDetector detector, RawOutputs unit) =>
        [.. unit.Values.Select((values, i) => new RawRecord.Tensor(NameOf(detector, i), values))];

    private static string NameOf(ResolvedDetector detector, int output) =>
        output < detector.Spec.Outputs.Count ? detector.Spec.Outputs[output].Name : $"output {output}";
}
