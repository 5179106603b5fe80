namespace DeepfakeOperator.Simulator;

/// <summary>Always the same number: for the dealer alone.</summary>
internal sealed class FixedScaler(int workers) : IScaler
{
    public int Interval => 30;

    public bool KnowsTheEnd => true;

    public int Decide(View view) => workers;
}
