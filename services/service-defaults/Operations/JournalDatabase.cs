using System.Data;
using System.Globalization;
using System.Reflection;

using Dapper;

using Microsoft.Data.Sqlite;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>
/// Opens and migrates a journal's SQLite file. WAL with <c>synchronous=FULL</c>: a commit that was acknowledged survives a loss of power.
/// Ids and times are text, times in UTC as ISO 8601.
/// </summary>
internal static class JournalDatabase
{
    static JournalDatabase()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.RemoveTypeMap(typeof(Guid));
        SqlMapper.RemoveTypeMap(typeof(Guid?));
        SqlMapper.AddTypeHandler(new UtcText());
        SqlMapper.AddTypeHandler(new GuidText());
    }

    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true }.ToString());
        connection.Open();
        connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000;");
        return connection;
    }

    /// <summary>Applies the numbered <c>Migrations/*.sql</c> resources of each assembly that this file has not seen yet, each in its own transaction.</summary>
    public static void Migrate(SqliteConnection connection, DateTimeOffset now, params IEnumerable<Assembly> assemblies)
    {
        connection.Execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) STRICT, WITHOUT ROWID");
        var applied = connection.Query<string>("SELECT name FROM migrations").ToHashSet(StringComparer.Ordinal);
        foreach (var (name, sql) in assemblies.SelectMany(Scripts).Where(script => !applied.Contains(script.Name)))
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            connection.Execute(sql, transaction: transaction);
            connection.Execute("INSERT INTO migrations (name, applied_at) VALUES (@name, @now)", new { name, now }, transaction);
            transaction.Commit();
        }
    }

    /// <summary>A time as it stands in every table.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static IEnumerable<(string Name, string Sql)> Scripts(Assembly assembly) => assembly.GetManifestResourceNames()
        .Where(name => name.Contains(".Migrations.", StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return (name, reader.ReadToEnd());
        });

    private sealed class UtcText : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) =>
            DateTimeOffset.Parse((string)value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = Text(value);
    }

    private sealed class GuidText : SqlMapper.TypeHandler<Guid>
    {
        public override Guid Parse(object value) => Guid.Parse((string)value);

        public override void SetValue(IDbDataParameter parameter, Guid value) => parameter.Value = value.ToString();
    }
}
