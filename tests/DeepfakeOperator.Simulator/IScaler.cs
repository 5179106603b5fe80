namespace DeepfakeOperator.Simulator;

/// <summary>Chooses the number of workers.</summary>
internal interface IScaler
{
    /// <summary>Seconds between two looks.</summary>
    int Interval { get; }

    /// <summary>True: the workers of a finished batch go at once; false: nobody tells the scaler that it has ended.</summary>
    bool KnowsTheEnd { get; }

    int Decide(View view);
}
