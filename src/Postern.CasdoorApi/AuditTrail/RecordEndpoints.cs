using System.Globalization;
using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.OpenApi;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.AuditTrail;

/// <summary>The audit trail: read, searched, exported, and added to by applications.</summary>
public static class RecordEndpoints
{
    private static readonly Parameter[] OfOrganization =
    [
        new("organization", "whose records; else the caller's, or all for a global administrator"), new("organizationName", "the same"), new("owner", "the same"),
    ];

    private static readonly Parameter[] ListParameters = [.. OfOrganization, .. KindOperations.Paging, new("before", "only records with a smaller id, for reading on without pages", "I")];

    public static IEndpointRouteBuilder MapRecords(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/get-records", AccountEndpoints.Identified(ListAsync)).Describe(new("Record", "Lists records of the audit trail, the newest first")
        {
            Detail = "data2 is how many there are on all pages, where both pageSize and p are sent.",
            Who = AccessLevel.Administrator,
            Query = ListParameters,
            Answers = [Reply.Data("Record[]", "I|null")],
        });
        routes.MapGet("/api/get-record", AccountEndpoints.Identified(GetAsync)).Describe(new("Record", "Reads one record of the audit trail, by its name")
        {
            Detail = "data is null where there is none among the newest records of the organization.",
            Who = AccessLevel.Administrator,
            Query = [new("id", "the record, as organization/name", IsRequired: true)],
            Answers = [Reply.Data("Record|null")],
        });
        routes.MapPost("/api/get-records-filter", AccountEndpoints.Identified(FilterAsync)).Describe(new("Record", "Lists the records whose properties are those that the body sets")
        {
            Detail = "data2 is how many there are on all pages, where both pageSize and p are sent.",
            Who = AccessLevel.Administrator,
            Query = ListParameters,
            Body = "RecordFields",
            Answers = [Reply.Data("Record[]", "I|null")],
        });
        routes.MapPost("/api/add-record", AccountEndpoints.Identified(AddRecordEndpoint.HandleAsync)).Describe(new("Record", "Adds to the trail what an application reports")
        {
            Detail = "Who, when and where are what the server sees; what the body says of them stands in the record's object.",
            Who = AccessLevel.Administrator,
            Body = "RecordFields",
            Answers = [Reply.Written],
        });
        routes.MapGet("/api/export-records", AccountEndpoints.Identified(ExportRecordsEndpoint.HandleAsync)).Describe(new("Record", "The whole trail as a file, the newest first; a refusal comes as JSON with the same status")
        {
            Who = AccessLevel.Administrator,
            Query = [new("format", "csv or jsonl", IsRequired: true), .. OfOrganization],
            Answers = [Reply.File("text/csv"), Reply.File("application/jsonl"), new(StatusCodes.Status200OK, "") { Type = "Refusal" }],
        });
        return routes;
    }

    /// <summary>Without both <c>pageSize</c> and <c>p</c> the newest, and filters do not count.</summary>
    private static async Task<IResult> ListAsync(HttpContext context, Caller caller)
    {
        var (scope, refusal) = await ReadersScope.OfAsync(context, caller);
        if (scope is null)
        {
            return refusal!;
        }

        var read = Read(context.Request.Query, scope);
        return read.Value is { } query ? await AnswerAsync(context, caller, query) : Envelope.Error(ErrorCode.InvalidRequest, read.Refusal);
    }

    private static async Task<IResult> GetAsync(HttpContext context, Caller caller)
    {
        var (scope, refusal) = await ReadersScope.OfAsync(context, caller);
        if (scope is null)
        {
            return refusal!;
        }

        var sent = context.Request.Query["id"].ToString();
        if (!ObjectId.TryRead(sent, out var id))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, ObjectId.WrongCount(sent));
        }

        if (scope.Organization is { } own && id.Owner != own)
        {
            return Envelope.Denied();
        }

        var query = new RecordQuery { Scope = scope with { Organization = id.Owner }, Conditions = [new("name", id.Name)], Size = 1 };
        var found = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Records.ListAsync(c, query), context.RequestAborted);
        return Envelope.Ok(found.Rows is [var row] ? RecordFields.Show(row) : null);
    }

    private static async Task<IResult> FilterAsync(HttpContext context, Caller caller)
    {
        // Before the body is read: a caller that may not ask learns nothing of it.
        var (scope, refusal) = await ReadersScope.OfAsync(context, caller);
        if (scope is null)
        {
            return refusal!;
        }

        var body = await RequestBody.ReadAsync(context, RecordFields.Type);
        if (body.Value is not { } sent)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var wanted = RecordFields.Equal(sent);
        if (wanted.Value is not { } conditions)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, wanted.Refusal);
        }

        // Who names an organization means its records, which the indexes find.
        foreach (var condition in conditions.Where(c => c.Column == "organization"))
        {
            var named = (string)condition.Value;
            if (scope.Organization is { } own && own != named)
            {
                return caller.IsGlobalAdmin ? Envelope.Error(ErrorCode.InvalidRequest, new(
                    "the query and the body name different organizations",
                    "查询参数与请求体指定了不同的组织")) : Envelope.Denied();
            }

            scope = scope with { Organization = named };
        }

        var read = Read(context.Request.Query, scope);
        return read.Value is { } query
            ? await AnswerAsync(context, caller, query with { Conditions = [.. query.Conditions, .. conditions.Where(c => c.Column != "organization")] })
            : Envelope.Error(ErrorCode.InvalidRequest, read.Refusal);
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, Caller caller, RecordQuery query)
    {
        var body = ListAnswers.Of(context, caller);
        var total = await context.RequestServices.GetRequiredService<Database>().ReadAsync(
            connection =>
            {
                body.Clear();
                return Records.ReadAsync(connection, query, row => body.Add(RecordFields.Show(row)));
            }, context.RequestAborted);
        return body.Refusal is { } refusal ? Envelope.Error(ErrorCode.InvalidRequest, refusal) : Envelope.List(body, query.WithTotal ? total : null);
    }

    private static Prepared<RecordQuery> Read(IQueryCollection sent, RecordScope scope)
    {
        var (pageSize, page, before) = (sent["pageSize"].ToString(), sent["p"].ToString(), sent["before"].ToString());
        if (pageSize.Length > 0 && !TryNumber(pageSize, out _))
        {
            return new(null, new("pageSize must be a number", "pageSize 必须是数字"));
        }

        if (before.Length > 0 && !TryNumber(before, out _))
        {
            return new(null, new("before must be the id of a record", "before 必须是记录的 id"));
        }

        var query = new RecordQuery { Scope = scope, Before = TryNumber(before, out var id) ? id : null, Size = ObjectStore.LongestList };
        if (pageSize.Length == 0 || page.Length == 0)
        {
            return query;
        }

        TryNumber(pageSize, out var size);
        query = query with
        {
            Size = size < 0 ? ObjectStore.LongestList : Math.Min(size, ObjectStore.LongestList),
            // A page that is no number is the first page, as at Casdoor.
            Page = TryNumber(page, out var number) ? number : 1,
            WithTotal = true,
            IsAscending = sent["sortOrder"] == "ascend",
        };
        var (field, value, sortField) = (sent["field"].ToString(), sent["value"].ToString(), sent["sortField"].ToString());
        if (field.Length > 0 && value.Length > 0)
        {
            if (RecordFields.Contains(field, value) is not { } condition)
            {
                return new(null, new($"records cannot be searched by {field}", $"不能按 {field} 搜索记录"));
            }

            query = query with { Conditions = [condition] };
        }

        if (sortField.Length == 0)
        {
            return query with { IsAscending = false };
        }

        return RecordFields.SortColumn(sortField) is { } sort ? query with { Sort = sort } : new Prepared<RecordQuery>(null, new($"records cannot be sorted by {sortField}", $"不能按 {sortField} 排序记录"));
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
