using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Directory.Records;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.ShopRoutes;

/// <summary>
/// Orders without money: <c>place-order</c>, <c>cancel-order</c>, and <c>pay-order</c> with a provider of type <c>Dummy</c> change
/// states and nothing else. Other payment providers are not offered.
/// </summary>
internal static class Orders
{
    private const int MostProducts = 100;
    private const long MostPieces = 1_000_000;
    private const string Created = "Created";
    private const string Canceled = "Canceled";
    private const string Paid = "Paid";

    private static readonly LocalizedText OnlyDummy = new(
        "Postern takes no money: only a payment provider of type Dummy can be used here; change orders with update-order when your own server was paid",
        "Postern 不收款：此处只能使用类型为 Dummy 的支付提供商；您自己的服务器收款后，请用 update-order 修改订单");

    public static async Task<IResult> PlaceAsync(RouteCall call)
    {
        var (owner, user) = BuyerOf(call);
        if (!call.Allows(owner, user))
        {
            return Envelope.Denied();
        }

        var body = await RequestBody.ReadAsync(call.Context, "Order");
        return body.Value is not { } document ? Envelope.Error(ErrorCode.InvalidRequest, body.Refusal)
            : document["productInfos"] is not JsonArray { Count: > 0 and <= MostProducts } infos || infos.Any(i => i is not JsonObject) ? Envelope.Error(ErrorCode.InvalidRequest, new(
                $"productInfos must name 1 to {MostProducts} products",
                $"productInfos 必须包含 1 到 {MostProducts} 个商品"))
            : await PlaceAsync(call, owner, user, [.. infos.Select(i => (JsonObject)i!)]);
    }

    /// <summary><c>buy-product</c>, which older libraries call: one piece of one product, paid at once where a provider is named.</summary>
    public static async Task<IResult> BuyAsync(RouteCall call)
    {
        // A page of another site can make a browser send a GET with its cookie.
        if (call.Caller.SessionHash is not null && HttpMethods.IsGet(call.Context.Request.Method))
        {
            return Envelope.Denied(ErrorCode.AccessDenied, Callers.CrossSite);
        }

        // It writes, also where an older library asks for it by GET.
        if (call.Caller.Opens < Opens.Everything)
        {
            return Envelope.Denied(ErrorCode.AccessDenied, Callers.Lacking(call.Caller.Opens));
        }

        if (!ObjectId.TryRead(call.Query("id"), out var id))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, ObjectId.WrongCount(call.Query("id")));
        }

        var user = call.Query("userName") is { Length: > 0 } named ? named : call.Caller.User?.Name ?? "";
        return call.Allows(id.Owner, user) ? await PlaceAsync(call, id.Owner, user, [new JsonObject { ["name"] = id.Name, ["quantity"] = 1 }]) : Envelope.Denied();
    }

    public static Task<IResult> CancelAsync(RouteCall call) => ChangeAsync(call, "cancel-order", async (_, order) =>
    {
        await Task.CompletedTask;
        return StateOf(order) == Created
            ? new Change(new JsonObject { ["state"] = Canceled, ["updateTime"] = NowOf(call) }, null, Envelope.Written(true))
            : new Prepared<Change>(null, new(
                $"an order can be canceled while its state is {Created}, and this one is {StateOf(order)}",
                $"只有状态为 {Created} 的订单可以取消，该订单状态为 {StateOf(order)}"));
    });

    public static Task<IResult> PayAsync(RouteCall call) => ChangeAsync(call, "pay-order", async (connection, order) =>
    {
        var provider = await ObjectStore.FindAsync(connection, ProviderKind.Kind, order.Owner, call.Query("providerName"))
            ?? await ObjectStore.FindAsync(connection, ProviderKind.Kind, "admin", call.Query("providerName"));
        if (provider is null)
        {
            return new(null, new($"The provider: {call.Query("providerName")} doesn't exist", $"提供商: {call.Query("providerName")} 不存在"));
        }

        if (provider.Text("category") != "Payment" || provider.Text("type") != "Dummy")
        {
            return new(null, OnlyDummy);
        }

        if (StateOf(order) != Created)
        {
            return new(null, new(
                $"an order can be paid while its state is {Created}, and this one is {StateOf(order)}",
                $"只有状态为 {Created} 的订单可以支付，该订单状态为 {StateOf(order)}"));
        }

        var shown = order.Show();
        var payment = new JsonObject
        {
            ["owner"] = order.Owner,
            ["name"] = NameOf(call, "payment"),
            ["displayName"] = shown["displayName"]?.DeepClone(),
            ["provider"] = provider.Name,
            ["type"] = provider.Text("type"),
            ["products"] = shown["products"]?.DeepClone(),
            ["currency"] = shown["currency"]?.DeepClone(),
            ["price"] = shown["price"]?.DeepClone(),
            ["user"] = shown["user"]?.DeepClone(),
            ["order"] = order.Name,
            ["state"] = Paid,
        };
        var prepared = StoreOf(call).PrepareAdd(PaymentKind.Kind, payment);
        return prepared.Value is { } added
            ? new Change(new JsonObject { ["state"] = Paid, ["payment"] = added.Name, ["updateTime"] = NowOf(call) }, added, null)
            : new Prepared<Change>(null, prepared.Refusal);
    });

    /// <param name="Properties">Of the order.</param>
    /// <param name="Payment">Added with it; null = none.</param>
    /// <param name="Answer">What says that it is done; null: the payment does.</param>
    private sealed record Change(JsonObject Properties, PreparedObject? Payment, IResult? Answer);

    private static async Task<IResult> PlaceAsync(RouteCall call, string owner, string user, IReadOnlyList<JsonObject> infos)
    {
        if (user.Length == 0 || await call.ReadAsync(c => Users.FindAsync(c, owner, user)) is null)
        {
            return Envelope.NoSuchUser($"{owner}/{user}");
        }

        var (bought, names, price, currency) = (new JsonArray(), new JsonArray(), 0.0, "");
        foreach (var info in infos)
        {
            var name = ObjectTarget.Text(info, "name");
            if (await call.ReadAsync(c => ObjectStore.FindAsync(c, ProductKind.Kind, owner, name)) is not { } stored)
            {
                return Envelope.Error(ErrorCode.NotFound, new($"The product: {owner}/{name} doesn't exist", $"商品: {owner}/{name} 不存在"));
            }

            var product = stored.Show();
            var pieces = info["quantity"] is JsonValue sent && sent.TryGetValue<long>(out var number) ? number : 1;
            var priceOfOne = product["price"] is JsonValue one && one.TryGetValue<double>(out var amount) ? amount : 0;
            if (pieces is < 1 or > MostPieces)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, new(
                    $"quantity must be 1 to {MostPieces}",
                    $"quantity 必须在 1 到 {MostPieces} 之间"));
            }

            if (currency.Length > 0 && ObjectTarget.Text(product, "currency") != currency)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, new(
                    "the products of one order must have the same currency",
                    "同一订单的商品必须使用相同货币"));
            }

            currency = ObjectTarget.Text(product, "currency");
            price += priceOfOne * pieces;
            names.Add(name);
            bought.Add(new JsonObject
            {
                ["owner"] = owner, ["name"] = name, ["displayName"] = product["displayName"]?.DeepClone(), ["price"] = priceOfOne, ["currency"] = currency, ["quantity"] = pieces,
            });
        }

        var prepared = StoreOf(call).PrepareAdd(OrderKind.Kind, new JsonObject
        {
            ["owner"] = owner, ["name"] = NameOf(call, "order"), ["displayName"] = string.Join(", ", names.Select(n => n!.GetValue<string>())), ["products"] = names,
            ["productInfos"] = bought, ["user"] = user, ["price"] = price, ["currency"] = currency, ["state"] = Created, ["updateTime"] = NowOf(call),
        });
        if (prepared.Value is not { } order)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, prepared.Refusal);
        }

        var record = ObjectRecords.Of(call.Context, call.Caller, "place-order", new ObjectId(owner, order.Name)).Adding(order);
        return await call.Database.WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            if (!await ObjectStore.AddAsync(connection, transaction, order))
            {
                return Written.Rollback(Envelope.Error(ErrorCode.Conflict, new(
                    "another order was placed at the same moment: try again",
                    "同时有另一订单正在创建，请重试")));
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(Envelope.Ok((await ObjectStore.FindAsync(connection, OrderKind.Kind, owner, order.Name, transaction))!.Show()));
        });
    }

    /// <summary>Changes the order that the query names where its row is still as it was judged.</summary>
    private static async Task<IResult> ChangeAsync(RouteCall call, string action, Func<DbConnection, StoredObject, Task<Prepared<Change>>> judge)
    {
        if (!ObjectId.TryRead(call.Query("id"), out var id))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, ObjectId.WrongCount(call.Query("id")));
        }

        var order = await call.ReadAsync(c => ObjectStore.FindAsync(c, OrderKind.Kind, id.Owner, id.Name));
        if (!Authorization.Allows(call.Who, call.Caller, id.Owner, userId: order is null ? "" : ObjectTarget.UserIdOf(order)))
        {
            return Envelope.Denied();
        }

        if (order is null)
        {
            return Envelope.Error(ErrorCode.NotFound, new($"The order: {id} doesn't exist", $"订单: {id} 不存在"));
        }

        var judged = await call.ReadAsync(c => judge(c, order));
        if (judged.Value is not { } change)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, judged.Refusal);
        }

        var prepared = StoreOf(call).PrepareUpdate(order, change.Properties);
        if (prepared.Value is not { } ready)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, prepared.Refusal);
        }

        var record = ObjectRecords.Of(call.Context, call.Caller, action, id).Changing(ready);
        return await call.Database.WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            // The row's body is a condition of the update: of two at the same instant one changes the state.
            if (!await ObjectStore.UpdateAsync(connection, transaction, ready) || (change.Payment is { } payment && !await ObjectStore.AddAsync(connection, transaction, payment)))
            {
                return Written.Rollback(Envelope.Error(ErrorCode.Conflict, new(
                    "The order was changed at the same moment: try again",
                    "该订单同时被修改，请重试")));
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(change.Answer
                ?? Envelope.Ok((await ObjectStore.FindAsync(connection, PaymentKind.Kind, change.Payment!.Owner, change.Payment.Name, transaction))!.Show()));
        });
    }

    private static (string Owner, string User) BuyerOf(RouteCall call) => (
        call.Query("owner") is { Length: > 0 } owner ? owner : call.Caller.Organization,
        call.Query("userName") is { Length: > 0 } user ? user : call.Caller.User?.Name ?? "");

    private static ObjectStore StoreOf(RouteCall call) => call.Context.RequestServices.GetRequiredService<ObjectStore>();

    private static string StateOf(StoredObject order) => ObjectTarget.Text(order.Show(), "state");

    private static string NowOf(RouteCall call) => Rfc3339.Of(call.Context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds());

    private static string NameOf(RouteCall call, string stem) =>
        string.Create(CultureInfo.InvariantCulture, $"{stem}_{Guid.CreateVersion7(call.Context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()):N}");
}
