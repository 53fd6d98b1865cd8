using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;

namespace Postern.CasdoorApi.ShopRoutes;

/// <summary><c>get-user-orders</c>, <c>get-user-payments</c> and <c>get-user-transactions</c>: what a user bought, for the user and for administrators.</summary>
internal static class UserObjects
{
    public static Task<IResult> OrdersAsync(RouteCall call) => ListAsync(call, OrderKind.Kind);

    public static Task<IResult> PaymentsAsync(RouteCall call) => ListAsync(call, PaymentKind.Kind);

    public static Task<IResult> TransactionsAsync(RouteCall call) => ListAsync(call, TransactionKind.Kind);

    private static async Task<IResult> ListAsync(RouteCall call, ObjectKind kind)
    {
        var (owner, user) = (call.Query("owner"), call.Query("user"));
        if (user.Length == 0 && call.Caller.User is { } self)
        {
            (owner, user) = (owner.Length > 0 ? owner : self.Owner, self.Name);
        }

        return !call.Allows(owner, user) ? Envelope.Denied()
            : user.Length == 0 ? Envelope.Error(ErrorCode.InvalidRequest, new("user must not be empty", "user 不能为空"))
            // A user sees what is theirs by id; administrators look for a name.
            : await call.ListAsync(kind, call.Caller.User is { } caller && caller.Owner == owner && caller.Name == user
                ? new ObjectQuery { Owner = owner, UserId = caller.Id }
                : new ObjectQuery { Owner = owner, User = user });
    }
}
