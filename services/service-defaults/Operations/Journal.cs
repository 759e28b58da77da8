using System.Diagnostics;
using System.Reflection;
using System.Threading.Channels;

using Microsoft.Data.Sqlite;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>
/// A service's record: what it accepted, how far it got and what it has yet to tell, in one SQLite file. The bus is only the messenger.
/// All writes pass through one writer, which commits those that wait together: one flush to disk serves many callers.
/// </summary>
public sealed class Journal : IAsyncDisposable
{
    private const int MostPerCommit = 256;

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly SqliteConnection _connection;
    private readonly PreparedStatements _prepared;
    private readonly Channel<PendingWrite> _writes = Channel.CreateUnbounded<PendingWrite>(new() { SingleReader = true });
    private readonly Task _writer;
    private readonly Dictionary<string, Operation> _operations = new(StringComparer.Ordinal);

    /// <summary>Opens the file, making it and its folder when missing, and brings its tables up to date.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="path">Full path of the SQLite file.</param>
    /// <param name="host">The name stamped on events as their host.</param>
    /// <param name="time">The clock of every stamp.</param>
    /// <param name="migrationsOf">The assembly with the service's own tables. Null: none.</param>
    public Journal(string service, string path, string host, TimeProvider time, Assembly? migrationsOf = null)
    {
        (Service, Host, _path, _time) = (service, host, path, time);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _connection = JournalDatabase.Open(path);
        _prepared = new PreparedStatements(_connection);
        JournalDatabase.Migrate(_connection, time.GetUtcNow(), migrationsOf is null ? [typeof(Journal).Assembly] : [typeof(Journal).Assembly, migrationsOf]);
        _writer = Task.Run(CommitWritesAsync);
    }

    /// <summary>The service's name.</summary>
    public string Service { get; }

    /// <summary>The host named in its events.</summary>
    public string Host { get; }

    /// <summary>Raised after a commit that added to the outbox.</summary>
    internal event Action? OutboxGrew;

    /// <summary>Raised after a commit that queued an operation or asked one to stop.</summary>
    internal event Action? OperationsChanged;

    /// <summary>The operations this journal can carry out, by the wire name of their command.</summary>
    internal IReadOnlyDictionary<string, Operation> Operations => _operations;

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction and returns when it is on disk. When it throws, nothing of it remains and the exception reaches the caller;
    /// others committed with it are not touched. Never wait for another write inside <paramref name="work"/>.
    /// </summary>
    public async Task<T> WriteAsync<T>(Func<JournalTransaction, T> work, CancellationToken cancellationToken = default)
    {
        T result = default!;
        var write = new PendingWrite(transaction => result = work(transaction), cancellationToken);
        if (!_writes.Writer.TryWrite(write))
            throw new ObjectDisposedException(nameof(Journal), $"The journal of {Service} is closed.");
        await write.Done.Task.ConfigureAwait(false);
        return result;
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Action<JournalTransaction> work, CancellationToken cancellationToken = default) => WriteAsync(
        transaction =>
        {
            work(transaction);
            return true;
        },
        cancellationToken);

    /// <summary>Reads what is committed. The connection is the query's own and closed after it.</summary>
    public T Read<T>(Func<SqliteConnection, T> query)
    {
        using var connection = JournalDatabase.Open(_path);
        return query(connection);
    }

    /// <summary>Finishes the writes that wait and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _writer.ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    internal void Register(Operation operation) => _operations.Add(operation.Kind, operation);

    private async Task CommitWritesAsync()
    {
        var batch = new List<PendingWrite>(MostPerCommit);
        while (await _writes.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < MostPerCommit && _writes.Reader.TryRead(out var write))
                batch.Add(write);
            Commit(batch);
        }
    }

    private void Commit(List<PendingWrite> batch)
    {
        try
        {
            using var transaction = _connection.BeginTransaction(deferred: false);
            var journal = new JournalTransaction(this, _connection, _prepared, transaction, _time.GetUtcNow());
            foreach (var write in batch)
                write.Try(transaction, journal, _prepared);
            transaction.Commit();
            if (journal.ToldSomething)
                OutboxGrew?.Invoke();
            if (journal.ChangedOperations)
                OperationsChanged?.Invoke();
        }
        catch (Exception exception)
        {
            // The disk is full, or the file is damaged: every caller must hear of it, and the writer must live to serve the next.
            foreach (var write in batch)
                write.Done.TrySetException(new JournalException($"The journal of {Service} at {_path} could not be written: {exception.Message}", exception));
            return;
        }

        foreach (var write in batch)
            write.Finish();
    }

    private sealed class PendingWrite(Action<JournalTransaction> work, CancellationToken cancellationToken)
    {
        private readonly string? _traceParent = Activity.Current?.Id;
        private Exception? _fault;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Try(SqliteTransaction transaction, JournalTransaction journal, PreparedStatements prepared)
        {
            prepared.Execute(transaction, "SAVEPOINT work");
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                journal.TraceParent = _traceParent;
                work(journal);
                prepared.Execute(transaction, "RELEASE work");
            }
            catch (Exception exception)
            {
                prepared.Execute(transaction, "ROLLBACK TO work");
                prepared.Execute(transaction, "RELEASE work");
                _fault = exception;
            }
        }

        public void Finish()
        {
            if (_fault is null)
                Done.TrySetResult();
            else
                Done.TrySetException(_fault);
        }
    }
}

/// <summary>The journal's file could not be written; nothing of the batch is on disk.</summary>
public sealed class JournalException(string message, Exception inner) : Exception(message, inner);
