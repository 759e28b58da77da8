using System.Globalization;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Locks;

/// <summary>Who locked an app against deployments, why, since when and until when. A row of the table <c>locks</c>.</summary>
internal sealed class AppLock
{
    /// <summary>The lease of who names none.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromHours(24);

    /// <summary>The longest lease.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public string App { get; init; } = "";

    public string Reason { get; init; } = "";

    public string LockedBy { get; init; } = "";

    public DateTimeOffset LockedAt { get; init; }

    /// <summary>From here on it is no lock.</summary>
    public DateTimeOffset EndsAt { get; init; }

    /// <summary>The lock of an app that holds now. Null: it has none.</summary>
    public static AppLock? Of(JournalTransaction transaction, string app) =>
        transaction.Query<AppLock>("SELECT * FROM locks WHERE app = @app AND ends_at > @Now", new { app, transaction.Now }) is [var found] ? found : null;

    public void Save(JournalTransaction transaction) => transaction.Execute(
        "INSERT OR REPLACE INTO locks (app, reason, locked_by, locked_at, ends_at) VALUES (@App, @Reason, @LockedBy, @LockedAt, @EndsAt)", this);

    public static void Forget(JournalTransaction transaction, string app) => transaction.Execute("DELETE FROM locks WHERE app = @app", new { app });

    /// <summary>What stands against a change of an app by its lock. Empty: nothing, or the change was accepted before and comes again.</summary>
    public static IReadOnlyList<FieldError> Against(JournalTransaction transaction, Guid id, string app) =>
        Of(transaction, app) is { } found && transaction.Query<long>("SELECT EXISTS (SELECT 1 FROM operations WHERE id = @id)", new { id })[0] == 0
            ? [new FieldError("app", found.ToString())]
            : [];

    /// <summary>For who is rejected: who, why, since when, until when and the remedy.</summary>
    public override string ToString() =>
        $"{App} is locked by {LockedBy} since {Time(LockedAt)} until {Time(EndsAt)}: {Reason.TrimEnd('.')}. Unlock it with: mambo unlock {App}";

    private static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
