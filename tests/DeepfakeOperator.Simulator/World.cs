namespace DeepfakeOperator.Simulator;

/// <summary>Runs a trace.</summary>
internal static class World
{
    public static Outcome Run(Trace trace, IScaler scaler) => trace.IsStream ? StreamWorld.Run(trace, scaler) : BatchWorld.Run(trace, scaler);
}
