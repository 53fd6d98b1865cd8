using Postern.Bench.Storage;

namespace Postern.Bench;

/// <summary>What the command line asks for.</summary>
public sealed record BenchOptions
{
    private static readonly string[] Sections = ["start", "sign-in", "oauth", "growth", "objects", "console"];

    private const string Usage =
        """
        dotnet run -c Release --project bench/Postern.Bench [-- OPTIONS]
          --quick             short windows and a small database: about two minutes, to see that all of it works
          --only SECTION      start, sign-in, oauth, growth, objects or console
          --server PROGRAM    a published server; without it, the bench publishes one
        POSTERN_BENCH_POSTGRES  an Npgsql connection string without a database; without it, SQLite only
        """;

    public IReadOnlyList<Engine> Engines => Postgres is null ? [Engine.Sqlite] : [Engine.Sqlite, Engine.Postgres];

    /// <summary>A connection string of Npgsql without a database; null where there is no PostgreSQL.</summary>
    public string? Postgres { get; private init; }

    /// <summary>A published server's program; null where the bench is to publish one.</summary>
    public string? Server { get; private init; }

    public bool Quick { get; private init; }

    public string? Only { get; private init; }

    public int Connections => 32;

    public double Seconds => Quick ? 2 : 8;

    public double LeadIn => Quick ? 2 : 5;

    public int Starts => Quick ? 3 : 7;

    public long FewUsers => 1_000;

    public long ManyUsers => Quick ? 20_000 : 1_000_000;

    /// <summary>Of the setting in which Casdoor's figures were taken.</summary>
    public long CasdoorUsers => Quick ? 5_000 : 200_000;

    public long ManyTokens => Quick ? 100_000 : 10_000_000;

    public bool Has(string section) => Only is null || Only == section;

    public static BenchOptions? Parse(string[] args, out string? refusal)
    {
        var options = new BenchOptions { Postgres = Environment.GetEnvironmentVariable("POSTERN_BENCH_POSTGRES") };
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out var arg))
        {
            var value = "";
            switch (arg)
            {
                case "--quick":
                    options = options with { Quick = true };
                    break;
                case "--only" when rest.TryDequeue(out value) && Sections.Contains(value):
                    options = options with { Only = value };
                    break;
                case "--server" when rest.TryDequeue(out value) && File.Exists(value):
                    options = options with { Server = Path.GetFullPath(value) };
                    break;
                default:
                    refusal = $"Not understood: {arg} {value}{Environment.NewLine}{Usage}";
                    return null;
            }
        }

        refusal = null;
        return options;
    }
}
