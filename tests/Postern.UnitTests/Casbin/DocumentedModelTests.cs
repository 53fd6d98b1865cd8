using Postern.Casbin;
using Xunit;

namespace Postern.UnitTests.Casbin;

/// <summary>The models that Casbin's documentation explains, and those that a Casdoor installation begins with.</summary>
public sealed class DocumentedModelTests
{
    private const string Plain = "r.sub == p.sub && r.obj == p.obj && r.act == p.act";
    private const string Roles = "g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act";
    private const string TwoUsers = "p, alice, data1, read\np, bob, data2, write";

    [Fact]
    public void A_list_of_who_may_do_what()
    {
        Models.Judges(Models.Enforcer(Models.Text(Plain), TwoUsers), """
            alice, data1, read: allowed
            alice, data1, write: denied
            alice, data2, read: denied
            bob, data2, write: allowed
            bob, data1, read: denied
            , , : denied
            """);
    }

    [Fact]
    public void A_superuser_needs_no_policy()
    {
        var model = Models.Text(Plain + " || r.sub == \"root\"");
        Models.Judges(Models.Enforcer(model, TwoUsers), "root, data1, write: allowed\nalice, data1, read: allowed\nalice, data1, write: denied");
        Models.Judges(Models.Enforcer(model, ""), "root, data1, write: allowed\nalice, data1, read: denied");
    }

    [Fact]
    public void Without_users_or_without_resources()
    {
        var users = Models.Text("r.obj == p.obj && r.act == p.act", "obj, act", "obj, act");
        Models.Judges(Models.Enforcer(users, "p, data1, read"), "data1, read: allowed\ndata1, write: denied");
        var resources = Models.Text("r.sub == p.sub && r.act == p.act", "sub, act", "sub, act");
        Models.Judges(Models.Enforcer(resources, "p, alice, write-article"), "alice, write-article: allowed\nbob, write-article: denied");
    }

    [Fact]
    public void Roles_are_inherited_through_roles()
    {
        var enforcer = Models.Enforcer(Models.Text(Roles, roles: "g = _, _"), TwoUsers + """

            p, data2_admin, data2, read
            p, data2_admin, data2, write
            g, alice, chief
            g, chief, data2_admin
            """);
        Models.Judges(enforcer, """
            alice, data1, read: allowed
            alice, data2, read: allowed
            alice, data2, write: allowed
            alice, data1, write: denied
            chief, data2, read: allowed
            bob, data2, read: denied
            data2_admin, data2, read: allowed
            """);
    }

    [Fact]
    public void Resources_have_roles_too()
    {
        var enforcer = Models.Enforcer(Models.Text("g(r.sub, p.sub) && g2(r.obj, p.obj) && r.act == p.act", roles: "g = _, _\ng2 = _, _"), """
            p, alice, data1, read
            p, data_group_admin, data_group, write
            g, alice, data_group_admin
            g2, data1, data_group
            g2, data2, data_group
            """);
        Models.Judges(enforcer, """
            alice, data1, read: allowed
            alice, data1, write: allowed
            alice, data2, write: allowed
            alice, data2, read: denied
            bob, data1, write: denied
            """);
    }

    [Fact]
    public void A_role_in_one_domain_is_none_in_another()
    {
        var model = Models.Text("g(r.sub, p.sub, r.dom) && r.dom == p.dom && r.obj == p.obj && r.act == p.act", "sub, dom, obj, act", "sub, dom, obj, act", "g = _, _, _");
        var enforcer = Models.Enforcer(model, """
            p, admin, domain1, data1, read
            p, admin, domain2, data2, read
            g, alice, admin, domain1
            g, bob, admin, domain2
            """);
        Models.Judges(enforcer, """
            alice, domain1, data1, read: allowed
            alice, domain2, data2, read: denied
            alice, domain2, data1, read: denied
            bob, domain2, data2, read: allowed
            bob, domain1, data1, read: denied
            """);
        Assert.Equal(["admin"], enforcer.ImplicitRoles("alice", "domain1"));
        Assert.Empty(enforcer.ImplicitRoles("alice", "domain2"));
        Assert.Equal([["admin", "domain1", "data1", "read"]], enforcer.ImplicitPermissions("alice", "domain1"));
    }

    [Theory]
    [InlineData("""["alice", {"Name": "data1", "Owner": "alice"}, "read"]""", true)]
    [InlineData("""["alice", {"name": "data1", "owner": "alice"}, "read"]""", true)]
    [InlineData("""["bob", {"Name": "data1", "Owner": "alice"}, "read"]""", false)]
    public void Attributes_of_the_request_decide(string request, bool allowed)
    {
        var enforcer = Models.Enforcer(Models.Text("r.sub == r.obj.Owner"), "");
        Assert.Equal(new Verdict(allowed, null), Models.Enforce(enforcer, request));
    }

    [Theory]
    [InlineData(16, "/data1", "read", false)]
    [InlineData(16, "/data2", "write", true)]
    [InlineData(20, "/data1", "read", true)]
    [InlineData(20, "/data2", "write", true)]
    [InlineData(20, "/data2", "read", false)]
    [InlineData(65, "/data2", "write", false)]
    public void Policies_bring_rules_of_their_own(int age, string path, string action, bool allowed)
    {
        var enforcer = Models.Enforcer(Models.Text("eval(p.sub_rule) && r.obj == p.obj && r.act == p.act", policy: "sub_rule, obj, act"), """
            p, r.sub.Age > 18, /data1, read
            p, r.sub.Age < 60, /data2, write
            """);
        Assert.Equal(new Verdict(allowed, null), Models.Enforce(enforcer, $$"""[{"Name": "alice", "Age": {{age}}}, "{{path}}", "{{action}}"]"""));
    }

    [Fact]
    public void The_rule_of_a_policy_is_one_operand_whatever_stands_in_it()
    {
        var enforcer = Models.Enforcer(Models.Text("eval(p.rule) && r.obj == p.obj", "sub, obj", "rule, obj"), "p, r.sub == 'a' || r.sub == 'b', data1");
        Models.Judges(enforcer, "a, data1: allowed\nb, data1: allowed\na, data2: denied\nc, data1: denied");
    }

    [Fact]
    public void Paths_and_methods_of_an_API()
    {
        var enforcer = Models.Enforcer(Models.Text("r.sub == p.sub && keyMatch(r.obj, p.obj) && regexMatch(r.act, p.act)"), """
            p, alice, /alice_data/*, GET
            p, alice, /alice_data/resource1, POST
            p, cathy, /cathy_data, (GET)|(POST)
            """);
        Models.Judges(enforcer, """
            alice, /alice_data/x/y, GET: allowed
            alice, /alice_data/resource1, POST: allowed
            alice, /alice_data/resource2, POST: denied
            alice, /bob_data/resource1, GET: denied
            cathy, /cathy_data, POST: allowed
            cathy, /cathy_data, DELETE: denied
            """);
    }

    [Fact]
    public void One_denial_outweighs_every_permission()
    {
        const string policies = """
            p, alice, data1, read, allow
            p, data2_admin, data2, read, allow
            p, data2_admin, data2, write, allow
            p, alice, data2, write, deny
            p, alice, data3, read, perhaps
            g, alice, data2_admin
            """;
        var both = Models.Text(Roles, policy: "sub, obj, act, eft", roles: "g = _, _", effect: "some(where (p.eft == allow)) && !some(where (p.eft == deny))");
        Models.Judges(Models.Enforcer(both, policies), """
            alice, data2, read: allowed
            alice, data2, write: denied
            data2_admin, data2, write: allowed
            alice, data3, read: denied
            bob, data1, read: denied
            """);

        var unlessDenied = both.Replace("some(where (p.eft == allow)) && !some", "!some", StringComparison.Ordinal);
        Models.Judges(Models.Enforcer(unlessDenied, policies), "alice, data2, write: denied\nbob, data1, read: allowed\nalice, data3, read: allowed");
        Models.Judges(Models.Enforcer(unlessDenied, ""), "bob, data1, read: allowed");
    }

    [Fact]
    public void The_first_policy_that_says_something_decides()
    {
        var model = Models.Text(Roles, policy: "sub, obj, act, eft", roles: "g = _, _", effect: "priority(p.eft) || deny");
        Models.Judges(Models.Enforcer(model, """
            p, alice, data1, read, perhaps
            p, alice, data1, read, allow
            p, data1_deny_group, data1, read, deny
            p, data1_deny_group, data1, write, deny
            p, alice, data1, write, allow
            g, alice, data1_deny_group
            """), "alice, data1, read: allowed\nalice, data1, write: denied\nbob, data1, read: denied");
    }

    [Fact]
    public void Policies_with_a_priority_are_asked_from_the_lowest_number()
    {
        var model = Models.Text(Roles, policy: "priority, sub, obj, act, eft", roles: "g = _, _", effect: "priority(p.eft) || deny");
        Models.Judges(Models.Enforcer(model, """
            p, 10, data1_deny_group, data1, read, deny
            p, 10, data1_deny_group, data1, write, deny
            p, 9, alice, data1, read, allow
            p, 100, alice, data1, write, allow
            g, alice, data1_deny_group
            """), "alice, data1, read: allowed\nalice, data1, write: denied");
    }

    [Fact]
    public void What_is_said_of_a_subject_counts_before_what_is_said_of_its_roles()
    {
        var model = Models.Text(Roles, policy: "sub, obj, act, eft", roles: "g = _, _", effect: "subjectPriority(p.eft) || deny");
        Models.Judges(Models.Enforcer(model, """
            p, root, data1, read, deny
            p, admin, data1, read, deny
            p, editor, data1, read, deny
            p, jane, data1, read, deny
            p, alice, data1, read, allow
            g, admin, root
            g, editor, admin
            g, jane, editor
            g, alice, editor
            """), "jane, data1, read: denied\nalice, data1, read: allowed\neditor, data1, read: denied");
    }

    [Theory]
    [InlineData("g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act || r.obj in ('data2', 'data3')")]
    [InlineData("g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act || r.obj in ['data2', 'data3']")]
    [InlineData("g(r.sub, p.sub) && r.obj == p.obj \\\n  && r.act == p.act \\\n  || r.obj in ('data2', 'data3') # public")]
    public void A_matcher_names_what_is_open_to_all(string matcher)
    {
        Models.Judges(Models.Enforcer(Models.Text(matcher, roles: "g = _, _"), TwoUsers), "zoe, data2, read: allowed\nzoe, data3, x: allowed\nzoe, data1, read: denied\nalice, data1, read: allowed");
    }

    [Fact]
    public void The_models_of_an_installation()
    {
        var user = Models.Enforcer(Models.Text(Roles, roles: "g = _, _"), "");
        Models.Judges(user, "built-in/admin, data1, read: denied");

        const string fields = "subOwner, subName, method, urlPath, objOwner, objName";
        var api = Models.Enforcer(Models.Text("""
            (r.subOwner == p.subOwner || p.subOwner == "*") && \
                (r.subName == p.subName || p.subName == "*" || r.subName != "anonymous" && p.subName == "!anonymous") && \
                (r.method == p.method || p.method == "*") && \
                (keyMatch2(r.urlPath, p.urlPath) || p.urlPath == "*") && \
                (r.objOwner == p.objOwner || p.objOwner == "*") && \
                (r.objName == p.objName || p.objName == "*") || \
                (r.subOwner == r.objOwner && r.subName == r.objName)
            """, fields, fields, "g = _, _"), """
            p, built-in, *, *, *, *, *
            p, app, *, *, *, *, *
            p, *, *, GET, /api/get-account, *, *
            p, *, !anonymous, GET, /api/get-webhook-event, *, *
            p, *, *, *, /.well-known/:application/jwks, *, *
            """);
        Models.Judges(api, """
            built-in, admin, POST, /api/delete-user, hold, alice: allowed
            app, app-hold, POST, /api/add-user, hold, alice: allowed
            anonymous, anonymous, GET, /api/get-account, hold, alice: allowed
            anonymous, anonymous, GET, /api/get-webhook-event, hold, alice: denied
            hold, bob, GET, /api/get-webhook-event, hold, alice: allowed
            hold, bob, POST, /api/delete-user, hold, alice: denied
            hold, alice, POST, /api/update-user, hold, alice: allowed
            anonymous, anonymous, GET, /.well-known/app-hold/jwks, , : allowed
            anonymous, anonymous, GET, /.well-known/app-hold/x/jwks, , : denied
            """);
    }
}
