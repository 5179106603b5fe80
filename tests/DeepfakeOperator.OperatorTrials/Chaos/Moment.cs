namespace DeepfakeOperator.OperatorTrials.Chaos;

/// <summary>What a job is going through when its operator is killed.</summary>
internal enum Moment
{
    Plan,
    Run,
    Suspend,
    Resume,
    Grow,
    Shrink,
    Complete,
    Delete,
}
