package samples

import (
	"time"

	"latchkey/models"
	"latchkey/password"
)

func signIn(g *group) {
	g.page = "Sign-in"
	failed := post("/sign-in", "name", clara, "password", "wrong")
	ended := post("/accounts", "kind", "customer", "name", clara)
	ended.NoSession = true
	endedEmpty := post("/password", "password", "x")
	endedEmpty.NoSession = true
	g.add("sign-in", "fresh", usual, "", get("/sign-in"))
	g.add("sign-in-help", "fresh, with a help line", help, "", get("/sign-in"))
	g.add("sign-in-signed-out", "signed out", usual, "", get("/sign-in?signed-out=1"))
	g.add("sign-in-over-http", "opened over http", overHTTP, "", get("/sign-in"))
	g.add("sign-in-no-cookies", "the browser keeps no cookies", usual, "", get("/sign-in?no-cookies=1"))
	g.add("sign-in-failed", "failed", usual, "", failed)
	g.add("sign-in-failed-help", "failed, with a help line", help, "", failed)
	g.add("sign-in-ended", "the session ended before a form was sent", usual, "", endedEmpty)
	g.add("sign-in-ended-kept", "the same, with what was typed", usual, "", ended)
	g.add("sign-in-empty", "sent without name and password", usual, "", post("/sign-in"))
}

func setUp(g *group) {
	g.page = "Set-up"
	g.add("set-up", "fresh", empty, "", get("/setup?token="+SetupToken))
	g.add("set-up-refused", "refused, with several mistakes", empty, "", post("/setup", "token", SetupToken, "name", "olga hollenbeck", "email", "olga@hollenbeck_",
		"password", "Abcdefghi", "confirmation", "other"))
}

func reset(g *group) {
	g.page = "New password, required"
	g.pending("reset-one-time", "one-time password", help, "nora.petersen", get("/password"))
	g.pending("reset-must-change", "an operator asks for it", help, "katharina.vogel", get("/password"))
	g.add("reset-must-change-open-session", "an operator asks for it in an open session", help, clara, requireChange(), get("/password"))
	g.pending("reset-expired", "expired on a day", help, "jürgen.weiß", get("/password"))
	g.pending("reset-expired-undated", "expired when the session began, no longer now", help, clara, get("/password"))
	g.pending("reset-refused", "refused, several broken rules", help, clara, post("/password", "password", clara, "confirmation", "other"))
	g.pending("reset-suggested", "a suggested password", help, clara, post("/password/suggest"))
	g.pending("reset-regex", "a policy with a regular expression", shaped, clara, get("/password"))
	g.pending("reset-regex-refused", "refused by the regular expression", shaped, clara, post("/password", "password", "7-Right-Horses", "confirmation", "7-Right-Horses"))
	g.pending("reset-regex-described", "refused by a regular expression that is described", described, clara, post("/password", "password", "7-Right-Horses", "confirmation", "7-Right-Horses"))
}

// requireChange is a request of an operator who requires a new password of the signed-in account.
func requireChange() Request {
	request := post("/accounts/" + idOf(clara) + "/require-change")
	request.As = olga
	return request
}

func ownPassword(g *group) {
	g.page = "New password, by choice"
	change := func(current, password string) Request {
		return post("/password", "current", current, "password", password, "confirmation", password)
	}
	g.add("password", "fresh, customer", help, clara, get("/password"))
	g.add("password-superadmin", "fresh, SuperAdmin", usual, olga, get("/password"))
	g.add("password-refused", "refused, wrong current password", help, clara, change("wrong", Secret))
	g.add("password-too-soon", "too soon after the last change", minAge, "petra.lang", get("/password"))
	g.add("password-too-soon-refused", "sent too soon after the last change", minAge, "petra.lang", change(Secret, "Other-Stable-8!"))
	g.add("password-used-before", "refused, used before", help, clara, change(Secret, Secret))
}

func me(g *group) {
	g.page = "Your account"
	g.add("me", "customer", usual, clara, get("/me"))
	g.add("me-new", "customer, nothing yet", usual, "petra.lang", get("/me"))
	g.add("me-expired", "customer, the password expired during the session", usual, "jürgen.weiß", get("/me"))
	g.add("me-saved", "customer, with a message", usual, clara, follow("/me/edit", "locale", ""))
	g.add("me-refused", "customer, refused", usual, clara, post("/me/edit", "locale", "x"))
	g.add("me-organization", "organization", usual, nordkai, get("/me"))
	g.add("me-superadmin", "SuperAdmin", usual, olga, get("/me"))
}

func overview(g *group) {
	g.page = "Overview"
	changed := follow("/password", "current", Secret, "password", "Other-Stable-8!", "confirmation", "Other-Stable-8!")
	g.add("overview", "a busy SuperAdmin", busy, olga, get("/"))
	g.add("overview-flash", "with a message", usual, olga, changed)
	g.add("overview-capturing", "no mail server", capturing, olga, get("/"))
	g.add("overview-trouble", "the mail server cannot be reached", trouble, olga, get("/"))
	g.add("overview-proxy", "a proxy that is not trusted", proxied, olga, get("/"))
	g.add("overview-calm", "nothing to do", calm, olga, get("/"))
	g.add("overview-first-steps", "first steps of a SuperAdmin", startNew, olga, get("/"))
	g.add("overview-organization", "organization", usual, nordkai, get("/"))
	g.add("overview-organization-first-steps", "first steps of an organization", usual, brightwater, get("/"))
}

func accountList(g *group) {
	g.page = "Accounts"
	g.add("accounts", "every state and kind", usual, olga, get("/accounts"))
	g.add("accounts-pages", "in the middle of many", busy, olga, get("/accounts"), nextPage)
	g.add("accounts-flash", "with a message", usual, olga, follow("/accounts/"+idOf("archiv.2019")+"/delete", "confirm", "archiv.2019"))
	g.add("accounts-filtered", "filtered by state and text", usual, olga, get("/accounts?state=expired&q=nord"))
	g.add("accounts-expiring", "those that expire soon", usual, olga, get("/accounts?expiring=90&sort=password-age"))
	g.add("accounts-nothing", "nothing found", usual, olga, get("/accounts?q=schmidt&kind=technical&state=blacklisted"))
	g.add("accounts-unreadable", "invalid filters", usual, olga, get("/accounts?kind=robot&state=gone&sort=mood&expiring=soon&after=x"))
	g.add("accounts-long", "long names and other scripts", long, olga, get("/accounts"))
	g.add("accounts-organization", "seen by an organization", usual, nordkai, get("/accounts"))
	g.add("accounts-empty", "an organization without customers", usual, brightwater, get("/accounts"))
}

func account(g *group) {
	g.page = "Account"
	page := func(name string) string { return "/accounts/" + idOf(name) }
	for _, s := range [][3]string{
		{"active", "active", clara}, {"expired", "expired", "jürgen.weiß"}, {"must-change", "must change", "katharina.vogel"},
		{"one-time", "one-time password", "nora.petersen"}, {"one-time-lapsed", "one-time password expired", "emil.thomsen"},
		{"no-password", "no password", "archiv.2019"}, {"blacklisted", "blocked for a time", miguel},
		{"blacklisted-for-good", "blocked until an operator unblocks it", hafenbuero}, {"disabled", "disabled", "josef.huber"},
		{"technical", "technical", "tacho-upload"}, {"organization", "organization", nordkai}, {"superadmin", "another SuperAdmin", matthias}, {"own", "one's own", olga},
	} {
		g.add("account-"+s[0], s[1], usual, olga, get(page(s[2])))
	}
	g.add("account-technical-expired", "technical, expired", fromFile, olga, get(page("scanner-gate-2")))
	g.add("account-default", "the organization Default", usual, olga, get("/accounts/"+models.DefaultOrganizationID))
	g.add("account-by-organization", "seen by its organization", usual, nordkai, get(page(clara)))
	g.add("account-flash", "with a message", usual, olga, follow(page(miguel)+"/unblock"))
	g.add("account-refused-issue", "refused new password", usual, olga, post(page(clara)+"/password", "password_mode", "typed", "password", "abc", "submission", id(0x600001)))
	g.add("account-generated", "a generated password carried back", usual, olga, post("/accounts/generate-password", "account", idOf(clara), "password_mode", "generated"))
	g.add("account-refused-edit", "refused edit", usual, olga, post(page("katharina.vogel")+"/edit", "email", "k.vogel@-", "technical", "on"))
	g.add("account-refused-move", "refused move", usual, olga, post(page(clara)+"/move", "organization", "x"))
	g.add("account-refused-delete", "refused delete", usual, olga, post(page(clara)+"/delete", "confirm", "clara"))
	g.add("account-refused", "refused for a reason other than a field", usual, olga, post(page(clara)+"/unblock"))
}

func newAccount(g *group) {
	g.page = "New account"
	create := func(form ...string) Request {
		return post("/accounts", append([]string{"kind", "customer", "organization", models.DefaultOrganizationID}, form...)...)
	}
	lea := []string{"name", "lea.schneider", "email", "lea.schneider@hollenbeck.example", "password_mode", "generated"}
	g.add("new-customer", "customer", usual, olga, get("/accounts/new?kind=customer"))
	g.add("new-organization", "organization", usual, olga, get("/accounts/new?kind=organization"))
	g.add("new-superadmin", "SuperAdmin", usual, olga, get("/accounts/new?kind=superadmin"))
	g.add("new-by-organization", "customer, by an organization", usual, nordkai, get("/accounts/new?kind=customer"))
	g.add("new-technical", "technical ticked", usual, olga, create("technical", "on", "password_mode", "generated"))
	generate := post("/accounts/generate-password", append([]string{"kind", "customer"}, lea...)...)
	g.add("new-generated", "a generated password carried back", usual, olga, generate)
	g.add("new-refused", "refused, with several mistakes", usual, olga, create("name", clara, "email", clara, "one_time", "on", "technical", "on", "password_mode", "typed", "password", "abc"))
	g.add("new-options", "refused for its generator options, under rules of settings", raised, olga, create(append(lea, "generator_length", "8", "generator_special", "!?·")...))
	g.add("new-impossible", "refused, since none can be generated", impossible, olga, create(lea...))
}

func issued(g *group) {
	g.page = "Password shown once"
	create := func(form ...string) Request {
		return post("/accounts", append([]string{"kind", "customer", "organization", models.DefaultOrganizationID, "name", "lea.schneider", "email", "lea.schneider@hollenbeck.example",
			"password_mode", "generated", "submission", id(0x600002)}, form...)...)
	}
	anew := post("/accounts/"+idOf("nora.petersen")+"/password", "password_mode", "generated", "one_time", "on", "submission", id(0x600003))
	earlier := create()
	earlier.Before = 10 * time.Minute
	g.add("issued-one-time", "account created, one-time", usual, olga, create("one_time", "on"))
	g.add("issued-ordinary", "account created, ordinary", usual, olga, create())
	g.add("issued-technical", "account created, technical", usual, olga, create("technical", "on"))
	g.add("issued-anew", "new password, one-time", usual, olga, anew)
	g.add("already-done", "the form was sent before", usual, olga, earlier, create())
}

func policy(g *group) {
	g.page = "Policy"
	g.add("policy", "built in", usual, olga, get("/policy"))
	g.add("policy-file", "three sections from a file, with warnings", fromFile, olga, get("/policy"))
	g.add("policy-doubtful", "not provable, and without a password that could be generated", doubtful, olga, get("/policy"))
	g.add("policy-off", "everything off", everyOff, olga, get("/policy"))
	g.add("policy-settings", "built in, and raised by settings", raised, olga, get("/policy"))
	g.add("policy-nist", "no deviation from standards", atNIST, olga, get("/policy"))
	g.add("policy-organization", "seen by an organization", usual, nordkai, get("/policy"))
	g.add("policy-refused", "a newer file was refused", refused, olga, get("/policy"))
	g.add("policy-refused-organization", "the same, seen by an organization", refused, nordkai, get("/policy"))
}

func policyVersion(g *group) {
	g.page = "Policy version"
	g.add("policy-version", "active", fromFile, olga, get("/policy/versions/3"))
	g.add("policy-version-past", "active before", fromFile, olga, get("/policy/versions/1"))
	g.add("policy-version-elsewhere", "activated by another process", elsewhere, olga, get("/policy/versions/2"))
}

func policyPreview(g *group) {
	g.page = "Preview of a policy"
	preview := func(text string) Request { return post("/policy/preview", "policy", text) }
	const broken = "{\n  \"passwordPolicyConfigurations\": {\n    \"ACCOUNT\": { \"minimumSymbol\": 12 },\n    \"TECHNICAL\": {}\n  }\n}\n"
	g.add("policy-preview", "before anything was sent", fromFile, olga, get("/policy/preview"))
	g.add("policy-preview-result", "stricter in much", busy, olga, preview(filePolicies().File()))
	g.add("policy-preview-doubtful", "not provable, and without a password that could be generated", usual, olga, preview(doubtfulPolicies().File()))
	g.add("policy-preview-nothing", "nothing would change", start, olga, preview(password.Default().File()))
	g.add("policy-preview-broken", "a policy with a mistake", fromFile, olga, preview(broken))
}

func mailList(g *group) {
	g.page = "Mail"
	g.add("mails", "every state", usual, olga, get("/mail"))
	g.add("mails-pages", "in the middle of many", busy, olga, get("/mail"), nextPage)
	g.add("mails-trouble", "the mail server cannot be reached", trouble, olga, get("/mail"))
	g.add("mails-failed", "those that failed", usual, olga, get("/mail?state=failed"))
	g.add("mails-capturing", "no mail server", capturing, olga, get("/mail?state=captured"))
	g.add("mails-nothing", "nothing found", usual, olga, get("/mail?to=nobody@hollenbeck.example&state=failed"))
	g.add("mails-unreadable", "an invalid filter", usual, olga, get("/mail?state=lost"))
	g.add("mails-empty", "none yet", start, olga, get("/mail"))
}

func mail(g *group) {
	g.page = "One mail"
	for i, state := range models.MailStates() {
		g.add("mail-"+string(state), string(state), usual, olga, get("/mail/"+id(0x9001+i)))
	}
	g.add("mail-gone", "of an account that is gone", usual, olga, get("/mail/"+id(0x9008)))
	g.add("mail-refused", "not sent again", usual, olga, post("/mail/"+id(0x9003)+"/retry"))
	g.add("mail-test", "a test mail", usual, olga, get("/mail/"+id(0x9009)))
}

func mailTemplates(g *group) {
	g.page = "Mail templates"
	g.add("mail-templates", "all built-in", usual, olga, get("/mail/templates"))
	g.add("mail-templates-own", "some of one's own", own, olga, get("/mail/templates"))
}

func mailTemplate(g *group) {
	g.page = "Preview of a mail"
	const path = "/mail/templates/" + models.MailBlacklisted
	test := func(n int) Request {
		return post(path+"/test", "locale", "en", "state", "1", "submission", id(0x600100+n))
	}
	var many []Request
	for n := range 11 {
		many = append(many, test(n))
	}
	g.add("mail-template", "built-in", usual, olga, get(path))
	g.add("mail-template-own", "files of one's own", own, olga, get(path))
	g.add("mail-template-capturing", "no mail server", capturing, olga, get(path))
	g.add("mail-template-too-many", "too many test mails", usual, olga, many...)
	g.add("mail-template-unknown", "an unknown state", usual, olga, get(path+"?state=99"))
}

func auditLog(g *group) {
	g.page = "Audit log"
	g.add("audit", "everything that can happen", usual, olga, get("/audit"))
	g.add("audit-pages", "in the middle of much", busy, olga, get("/audit"), nextPage)
	g.add("audit-account", "about one account", usual, olga, get("/audit?account="+idOf(clara)))
	g.add("audit-organization", "seen by an organization", usual, nordkai, get("/audit"))
	g.add("audit-nothing", "nothing found", start, olga, get("/audit?action=moved"))
	g.add("audit-unreadable", "an invalid filter", usual, olga, get("/audit?action=vanished"))
	g.add("audit-empty", "nothing yet", start, olga, get("/audit"))
}

func unknownHost(g *group) {
	g.page = "Errors"
	at := func(host string) Request {
		request := get("/sign-in")
		request.Host = host
		return request
	}
	g.add("error-421", "421, unknown host", usual, "", at("127.0.0.2:8080"))
	g.add("error-421-no-host", "421, no host", usual, "", at("-"))
}
