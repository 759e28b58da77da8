using Microsoft.Data.Sqlite;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>
/// The statements every accepted command runs, each read by SQLite once: reading them costs more than running them. One writer's own, never shared between threads.
/// They live as long as their connection.
/// </summary>
internal sealed class PreparedStatements(SqliteConnection connection)
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>Runs <paramref name="sql"/> and returns how many rows it changed.</summary>
    /// <param name="transaction">The transaction it belongs to.</param>
    /// <param name="sql">A constant: each text is kept for good.</param>
    /// <param name="values">Its parameters, always the same names in the same order.</param>
    public int Execute(SqliteTransaction transaction, string sql, params ReadOnlySpan<(string Name, string? Value)> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = new SqliteCommand(sql, connection);
            foreach (var (name, _) in values)
                command.Parameters.Add(new SqliteParameter(name, SqliteType.Text));
            _commands.Add(sql, command);
        }

        command.Transaction = transaction;
        for (var index = 0; index < values.Length; index++)
            command.Parameters[index].Value = (object?)values[index].Value ?? DBNull.Value;
        return command.ExecuteNonQuery();
    }
}
