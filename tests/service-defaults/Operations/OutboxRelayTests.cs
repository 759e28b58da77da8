using Dapper;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.ServiceDefaults.Tests.Operations;

public sealed class OutboxRelayTests : IAsyncDisposable
{
    private readonly Workshop _workshop = new();

    public ValueTask DisposeAsync() => _workshop.DisposeAsync();

    [Fact]
    public async Task Relay_BrokerAway_KeepsOrderPerLaneAndPublishesOnceItIsBack()
    {
        var away = true;
        _workshop.Broker = (_, _) => Volatile.Read(ref away) ? throw new InvalidOperationException("no broker") : Task.CompletedTask;
        await _workshop.StartAsync();
        await TellAsync("a", 1, 2, 3);
        await TellAsync("b", 1, 2, 3);
        await Workshop.UntilAsync(() => Pending().All(row => row.Attempts > 0 || row.Body.Contains('2', StringComparison.Ordinal) || row.Body.Contains('3', StringComparison.Ordinal)));

        Volatile.Write(ref away, false);
        await AdvanceUntilAsync(() => Pending().Count == 0);

        _workshop.Published.Where(message => message.Lane == "a").Select(message => message.MessageId).ShouldBe(["a-1", "a-2", "a-3"]);
        _workshop.Published.Where(message => message.Lane == "b").Select(message => message.MessageId).ShouldBe(["b-1", "b-2", "b-3"]);
    }

    [Fact]
    public async Task Relay_NobodyListensForACommand_HoldsUpNothingElse()
    {
        _workshop.Broker = (message, _) => message.Route == "nowhere" ? throw new InvalidOperationException("nobody listens") : Task.CompletedTask;
        await _workshop.StartAsync();

        await _workshop.Journal.WriteAsync(transaction => transaction.Send(new DeployApp { App = "shop" }, "nowhere", "lost"));
        await TellAsync("a", 1, 2);

        await Workshop.UntilAsync(() => _workshop.Published.Count == 2);
        await Workshop.UntilAsync(() => Pending() is [{ MessageId: "lost", Attempts: > 0 }]);
    }

    [Fact]
    public async Task Relay_DiedBeforeTheConfirm_PublishesAgainUnderTheSameId()
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _workshop.Broker = (_, cancellationToken) => sent.TrySetResult() ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.CompletedTask;
        await _workshop.StartAsync();
        await TellAsync("a", 1);
        await sent.Task;

        await _workshop.RestartAsync();

        await Workshop.UntilAsync(() => _workshop.Published.Count == 1 && Pending().Count == 0);
        _workshop.Published[0].MessageId.ShouldBe("a-1");
    }

    [Fact]
    public async Task Relay_TransportThatDoesNotConfirm_PublishesAgainAtStartAndForgetsLater()
    {
        var keep = TimeSpan.FromMinutes(10);
        await _workshop.StartAsync(keep);
        await TellAsync("a", 1);
        await Workshop.UntilAsync(() => _workshop.Published.Count == 1);

        await _workshop.RestartAsync(keep);
        await Workshop.UntilAsync(() => _workshop.Published.Count == 2);

        _workshop.Published.Select(message => message.MessageId).ShouldBe(["a-1", "a-1"]);
        await AdvanceUntilAsync(() => _workshop.Journal.Read(connection => connection.ExecuteScalar<long>("SELECT COUNT(*) FROM outbox")) == 0, keep);
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    [InlineData(6, 30)]
    [InlineData(1000, 30)]
    public void BackOff_Attempts_DoublesUpToHalfAMinute(int attempts, double seconds) =>
        OutboxRelay.BackOff(attempts).ShouldBe(TimeSpan.FromSeconds(seconds));

    private Task TellAsync(string lane, params int[] numbers) => _workshop.Journal.WriteAsync(transaction =>
    {
        foreach (var number in numbers)
            transaction.Tell(new DeploymentStepCompleted { App = lane, Number = number }, $"{lane}-{number}", lane);
    });

    private List<OutboxRow> Pending() => _workshop.Journal.Read(connection =>
        connection.Query<OutboxRow>("SELECT * FROM outbox WHERE published_at IS NULL ORDER BY sequence").AsList());

    private async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan? by = null)
    {
        await Workshop.UntilAsync(() =>
        {
            if (condition())
                return true;
            _workshop.Time.Advance(by ?? TimeSpan.FromSeconds(1));
            return false;
        });
    }
}
