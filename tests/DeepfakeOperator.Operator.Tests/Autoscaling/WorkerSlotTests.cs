using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Tests.Autoscaling;

public sealed class WorkerSlotTests
{
    [Fact]
    public void Idle_workers_go_first_of_those_one_that_is_not_ready_then_the_highest()
    {
        WorkerSlot[] living = [new(0, true, true), new(1, true, false), new(2, false, false), new(3, true, true), new(4, true, false)];
        Assert.Equal([2, 4, 1, 3, 0], WorkerSlot.ToDrain(living, 0));
        Assert.Equal([2, 4], WorkerSlot.ToDrain(living, 3));
        Assert.Empty(WorkerSlot.ToDrain(living, 7));
    }

    [Fact]
    public void The_lowest_free_slots_are_filled_and_none_that_is_still_draining_or_beyond_the_last()
    {
        Assert.Equal([1, 3], WorkerSlot.ToFill(new HashSet<int> { 0, 2 }, 2, 8));
        Assert.Equal([3], WorkerSlot.ToFill(new HashSet<int> { 0, 1, 2 }, 2, 4));
        Assert.Empty(WorkerSlot.ToFill(new HashSet<int> { 0 }, -1, 4));
    }
}
