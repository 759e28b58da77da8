using Mambo.ServiceDefaults.Bus;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

using RabbitMQ.Client.Exceptions;

namespace Mambo.ServiceDefaults.Tests.Bus;

public sealed class BusReportTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BusState _state;

    public BusReportTests() => _state = new BusState("RabbitMQ at broker:5672", ["deploy-app.local", "canary"], _time, NullLogger<BusState>.Instance);

    [Fact]
    public void Report_NothingReachedYet_IsAliveAndNotReady()
    {
        _time.Advance(TimeSpan.FromMinutes(10));

        _state.Report().Ready().ShouldBe((false, "RabbitMQ at broker:5672 is not connected: it has not been reached yet"));
        _state.Report().Alive().ShouldBe((true, "RabbitMQ at broker:5672 is away; the service reconnects by itself, a restart would not help"));
        _state.Listening.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void Report_EveryQueueListenedTo_IsReady()
    {
        Connect();

        _state.Report().Ready().ShouldBe((true, "RabbitMQ at broker:5672 is connected"));
        _state.Listening.IsCompleted.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, true, "the canary came back 0 s ago")]
    [InlineData(60, true, "the canary came back 60 s ago")]
    [InlineData(61, false, "the canary has not come back for 61 s although RabbitMQ at broker:5672 is connected")]
    public void Report_CanaryCameBack_IsAliveForAMinute(int seconds, bool alive, string reason)
    {
        Connect();
        _time.Advance(TimeSpan.FromMinutes(5));
        _state.CanaryCameBack();
        _time.Advance(TimeSpan.FromSeconds(seconds));

        _state.Report().Alive().ShouldBe((alive, reason));
    }

    [Fact]
    public void Report_OneQueueRefused_IsNotReadyAndNamesIt()
    {
        Connect();
        _state.Lost("deploy-app.local", new InvalidOperationException("PRECONDITION_FAILED"));

        _state.Report().Ready().ShouldBe((false, "not listening to deploy-app.local (PRECONDITION_FAILED)"));
        _state.Report().Alive().Ok.ShouldBeTrue();
    }

    [Fact]
    public void Report_LoginRefused_AsksForARestartUntilItIsTaken()
    {
        _state.Lost("canary", new AuthenticationFailureException("ACCESS_REFUSED"));
        _state.Report().Alive().ShouldBe((false, "RabbitMQ at broker:5672 refuses the login; a restart reads the password anew"));

        Connect();

        _state.Report().Alive().Ok.ShouldBeTrue();
    }

    [Fact]
    public void Lost_QueueThatIsNoneOfOurs_ChangesNothing()
    {
        Connect();
        _state.Lost("bus-1234", null);

        _state.Report().Ready().Ok.ShouldBeTrue();
    }

    private void Connect()
    {
        _state.ListeningTo("deploy-app.local");
        _state.ListeningTo("canary");
    }
}
