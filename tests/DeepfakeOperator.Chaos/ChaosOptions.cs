namespace DeepfakeOperator.Chaos;

/// <summary>How much harm to do.</summary>
/// <param name="Items">Items of the job.</param>
/// <param name="Kills">Workers to end with SIGKILL.</param>
/// <param name="Seed">Makes whom and when.</param>
/// <param name="RestartBroker">Kill and restart the broker half-way, too.</param>
public sealed record ChaosOptions(int Items, int Kills, int Seed, bool RestartBroker);
