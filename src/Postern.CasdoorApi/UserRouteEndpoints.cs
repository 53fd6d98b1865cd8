using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.OpenApi;
using Postern.CasdoorApi.UserRoutes;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi;

/// <summary>The routes around users, each with its line in <see cref="Authorization"/>.</summary>
internal static class UserRouteEndpoints
{
    public static void MapUserRoutes(this IEndpointRouteBuilder routes)
    {
        Map("GET /api/get-organization-users", OrganizationUsers.HandleAsync)
            .Describe(new("User", "The users of one organization") { Query = [new("organization", "the organization", IsRequired: true), .. KindOperations.Paging], Answers = [Reply.Data("User[]", "I|null")] });
        Map("GET /api/get-sorted-users", SortedUsers.HandleAsync)
            .Describe(new("User", "The first users of an organization by one property, the greatest first") { Query = [new("owner", "the organization"), new("sorter", "the property", IsRequired: true), new("limit", "how many, up to 1000; without it none", "I")], Answers = [Reply.Data("User[]")] });
        Map("GET /api/get-user-count", UserCount.HandleAsync)
            .Describe(new("User", "How many users an organization has") { Query = [new("owner", "the organization"), new("isOnline", "true or 1: users who are online; false, 0 or nothing: all users")], Answers = [Reply.Data("I")] });
        Map("POST /api/set-password", SetPassword.HandleAsync)
            .Describe(new("User", "Sets a user's password: the user with the present one, an administrator without it")
            {
                Detail = "The fields may stand in the query, in a form, in a multipart form or in JSON. The user is signed out everywhere else.",
                Form = [new("userOwner", "the user's organization", IsRequired: true), new("userName", "the user's name", IsRequired: true), new("oldPassword", "the present password, where the user changes their own"), new("newPassword", "the new one", IsRequired: true)],
                Answers = [Reply.Data("null")],
            });
        Map("GET /api/get-user-activity", UserActivity.HandleAsync)
            .Describe(new("User", "Who a user is at WeChat, where the user is signed in, and the last sign-ins") { Query = [new("id", "the user, as organization/name", IsRequired: true)], Answers = [Reply.Data("UserActivity")] });
        Map("POST /api/sign-out-user", SignOutUser.HandleAsync)
            .Describe(new("User", "Ends a user's sign-ins: everywhere, at one application, or of one browser; data is how many")
            {
                Query = [new("id", "the user, as organization/name", IsRequired: true), new("clientId", "only those at this application"), new("session", "only this one of get-user-activity")],
                Answers = [Reply.Data("I")],
            });
        Map("POST /api/check-user-password", CheckUserPassword.HandleAsync)
            .Describe(new("User", "Whether a user has a password; tries count for the lock-out") { Body = "UserFields", Answers = [Reply.Data("null")] });
        Map("POST /api/remove-user-from-group", RemoveUserFromGroup.HandleAsync)
            .Describe(new("User", "Takes a user out of a group; data says whether the user was in it") { Form = [new("owner", "the user's organization", IsRequired: true), new("name", "the user's name", IsRequired: true), new("groupName", "the group's name", IsRequired: true)], Answers = [Reply.Data("B")] });
        Map("GET /api/get-email-and-phone", EmailAndPhone.HandleAsync)
            .Describe(new("User", "Masked contacts for the page of a lost password; it never tells who exists") { Query = [new("organization", "the organization", IsRequired: true), new("username", "what the person typed", IsRequired: true)], Answers = [Reply.Data("User", "S")] });
        Map("POST /api/unlink", Unlink.HandleAsync)
            .Describe(new("User", "Unbinds the WeChat identities of a user, and never the last way to sign in") { Body = "UnlinkForm", Answers = [Reply.Data("null")] });
        Map("POST /api/delete-mfa", DeleteSecondFactors.HandleAsync)
            .Describe(new("User", "Takes a user's second factors away, by an administrator: the sign-in by password, which they close, opens again")
            {
                Form = [new("owner", "the user's organization", IsRequired: true), new("name", "the user's name", IsRequired: true), new("mfaType", "ignored: all of them")],
                Answers = [Reply.Data("null")],
            });
        Map("POST /api/upload-users", UploadUsers.HandleAsync)
            .Describe(new("User", "Adds the users of a CSV or XLSX file, all or none") { Query = [new("owner", "the organization; else the caller's")], Form = [new("file", "a first line of property names, then one user a line; 10 MB and 10,000 users at most", "file", IsRequired: true)], IsMultipart = true, Answers = [Reply.Written] });
        foreach (var kind in new[] { ObjectKinds.Group, ObjectKinds.Role, ObjectKinds.Permission })
        {
            Map($"POST /api/upload-{kind.Plural}", UploadObjects.Of(kind)).Describe(new(kind.Type, $"Adds the {kind.Plural} of a CSV or XLSX file, all or none")
            {
                Query = [new("owner", "the organization; else the caller's")],
                Form = [new("file", $"a first line of property names, then one {kind.Name} a line; lists as JSON or with commas; 10 MB and 10,000 lines at most", "file", IsRequired: true)],
                IsMultipart = true,
                Answers = [Reply.Written],
            });
        }

        IEndpointConventionBuilder Map(string route, Func<RouteCall, Task<IResult>> handle) => routes.MapRoute(route, handle);
    }
}
