using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.OpenApi;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.AuditTrail;

/// <summary><c>GET /api/export-records?format=csv|jsonl</c>: the whole trail of the caller's scope, the newest first, written as it is read.</summary>
internal static class ExportRecordsEndpoint
{
    private const string Csv = "csv";
    private const string JsonLines = "jsonl";

    public static async Task<IResult> HandleAsync(HttpContext context, Caller caller)
    {
        var (scope, refusal) = await ReadersScope.OfAsync(context, caller);
        if (scope is null)
        {
            return refusal!;
        }

        var format = context.Request.Query["format"].ToString();
        if (format is not (Csv or JsonLines))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new("format must be csv or jsonl", "format 只能是 csv 或 jsonl"));
        }

        // Who took the trail out of the house belongs in it.
        var record = ObjectRecords.Of(context, caller, "export-records", new ObjectId("admin", scope.Organization ?? "*")) with { Detail = format };
        await context.RequestServices.GetRequiredService<Database>().WriteAsync(async (connection, transaction) =>
        {
            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(true);
        });
        return new Export(scope, format);
    }

    private sealed class Export(RecordScope scope, string format) : IResult
    {
        private const int RowsAtATime = 200;

        // A spreadsheet runs what begins with one of these as a formula.
        private static readonly CsvWriterOptions Cells = CsvWriterOptions.Default with { Injection = CsvInjection.Escape, InjectionCharacters = "=+-@\t\r" };

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var (response, cancel) = (httpContext.Response, httpContext.RequestAborted);
            response.ContentType = format == Csv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
            response.Headers.ContentDisposition = $"attachment; filename=\"records.{format}\"";
            response.Headers.CacheControl = "no-store";
            var database = httpContext.RequestServices.GetRequiredService<Database>();
            if (format == Csv)
            {
                await WriteCsvAsync(database, response.Body, cancel);
                return;
            }

            await using var lines = new StreamWriter(response.Body, leaveOpen: true) { NewLine = "\n" };
            await foreach (var record in ReadAsync(database, cancel))
            {
                await lines.WriteLineAsync(record.ToJsonString(KeptJson.Options).AsMemory(), cancel);
            }
        }

        private async Task WriteCsvAsync(Database database, Stream body, CancellationToken cancel)
        {
            await using var csv = CsvWriter.Create(body, Cells, leaveOpen: true);
            await csv.WriteRecordAsync([.. RecordFields.Shape.Names], cancel);
            await foreach (var record in ReadAsync(database, cancel))
            {
                foreach (var (_, value) in record)
                {
                    if (value!.GetValueKind() == JsonValueKind.String)
                    {
                        csv.WriteField(value.GetValue<string>());
                    }
                    else
                    {
                        csv.WriteField(value.ToJsonString());
                    }
                }

                await csv.EndRecordAsync(cancel);
            }

            await csv.FlushAsync(cancel);
        }

        /// <summary>By the id of the last one read: no reader is held while the caller is slow, and nothing is written twice.</summary>
        private async IAsyncEnumerable<JsonObject> ReadAsync(Database database, [EnumeratorCancellation] CancellationToken cancel)
        {
            long? before = null;
            IReadOnlyList<RecordRow> rows;
            do
            {
                var query = new RecordQuery { Scope = scope, Before = before, Size = RowsAtATime };
                rows = (await database.ReadAsync(c => Records.ListAsync(c, query), cancel)).Rows;
                foreach (var row in rows)
                {
                    before = row.Id;
                    yield return RecordFields.Show(row);
                }
            }
            while (rows.Count == RowsAtATime);
        }
    }
}
