namespace DeepfakeOperator.Operator.Kafka;

/// <summary>Takes what a <see cref="ProgressReader"/> reads for one job. Called on the reader's thread: take and return.</summary>
internal interface IProgressSink
{
    void Take(int partition, string key, byte[] value);

    /// <summary>Everything that was in the partition when reading began has been taken.</summary>
    void CaughtUp(int partition);
}
