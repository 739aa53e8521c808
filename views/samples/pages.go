package samples

import (
	"slices"
	"strings"
	"time"

	"latchkey/models"
	"latchkey/password"
)

// People of the demo, and the passwords that samples type.
const (
	olga    = "olga"    // SuperAdmin
	nordkai = "nordkai" // organization
	clara   = "clara"   // customer of Nordkai

	olgaSecret  = "Harbour-Crane-7"
	claraSecret = "Lantern-Bridge-5"
	newSecret   = "Other-Stable-8!"
)

// setUp creates olga in an empty world, and signs her in.
var setUp = post("/setup", "token", setupToken, "name", olga, "email", "olga@hollenbeck.example", "password", olgaSecret, "confirmation", olgaSecret)

// create creates an account of Default, or shows the form again.
func create(kind string, form ...string) Request {
	return post("/accounts", append([]string{"kind", kind, "organization", models.DefaultOrganizationID}, form...)...)
}

func signInAs(name, password string) Request {
	return post("/sign-in", "name", name, "password", password)
}

// monthAgo sends a request a month before the others.
func monthAgo(request Request) Request {
	request.Before = 30 * 24 * time.Hour
	return request
}

// changePassword chooses a new password.
func changePassword(current, next string) Request {
	return post("/password", "current", current, "password", next, "confirmation", next)
}

func signIn(l *list) {
	l.page = "Sign-in"
	l.add("sign-in", "fresh", usual, "", get("/sign-in"))
	l.add("sign-in-not-set-up", "before the set-up", empty, "", get("/sign-in"))
	l.add("sign-in-signed-out", "signed out", usual, "", get("/sign-in?signed-out=1"))
	l.add("sign-in-over-http", "opened over http", overHTTP, "", get("/sign-in"))
	l.add("sign-in-no-cookies", "the browser keeps no cookies", usual, "", get("/sign-in?no-cookies=1"))
	l.add("sign-in-failed", "failed", empty, "", signInAs(clara, "wrong"))
	l.add("sign-in-ended", "the session ended before a form was sent", empty, "", post("/password", "password", "x"))
	l.add("sign-in-ended-kept", "the same, with what was typed", empty, "", create("customer", "name", clara))
	l.add("sign-in-empty", "sent without name and password", empty, "", post("/sign-in"))
	l.page = "Recovery code"
	l.add("recover", "fresh", usual, "", get("/recover"))
	l.add("recover-failed", "failed", usual, "", post("/recover", "name", clara, "code", "7K3M-Q9PX-0000-7K3M"))
	l.add("recover-refused", "no name and no code", usual, "", post("/recover", "name", "", "code", "7K3M"))
	l.page = "Forgotten password"
	l.add("forgot", "fresh", usual, "", get("/forgot"))
	l.add("forgot-refused", "no name", usual, "", post("/forgot"))
	l.add("forgot-sent", "sent", usual, "", post("/forgot", "name", clara))
	l.page = "Set-password link"
	l.add("set-password", "an invitation", usual, "", get("/set-password/"+LinkOf+"{ingrid.falk}"))
	l.add("set-password-refused", "refused, several broken rules", usual, "", post("/set-password/"+LinkOf+"{ingrid.falk}", "password", "ingrid", "confirmation", "other"))
	l.add("set-password-factor", "of an account with a second factor", usual, "", linkTo("matthias.brandt", get("/set-password/"+LinkOf+"{matthias.brandt}"))...)
	l.add("set-password-after-factor", "the new password after the second factor", usual, "",
		linkTo("matthias.brandt", post("/set-password/"+LinkOf+"{matthias.brandt}"), post("/second-factor", "code", "12345"))...)
	l.page = "Set-up"
	l.add("set-up", "fresh", empty, "", get("/setup?token="+setupToken))
	l.add("set-up-refused", "refused, with several mistakes", empty, "", post("/setup", "token", setupToken, "name", "olga hollenbeck",
		"email", "olga@hollenbeck_", "password", "Abcdefghi", "confirmation", "other"))
}

// linkTo sends an account a link to set a password.
func linkTo(name string, then ...Request) []Request {
	reset := post("/accounts/{"+name+"}/password", "password_mode", "link")
	reset.As = olga
	return append([]Request{reset}, then...)
}

func ownPassword(l *list) {
	requireChange := post("/accounts/{clara}/require-change")
	requireChange.As = olga
	l.page = "New password, required"
	l.add("reset-one-time", "one-time password", usual, "nora", get("/password"))
	l.add("reset-must-change", "an operator asks for it", usual, "", requireChange, signInAs(clara, claraSecret))
	l.add("reset-must-change-open-session", "an operator asks for it in an open session", usual, clara, requireChange, get("/password"))
	l.add("reset-expired", "expired on a day", usual, "emil", get("/password"))
	l.add("reset-expired-undated", "expired when the session began, no longer now", usual, "emil", monthAgo(get("/password")))
	l.add("reset-refused", "refused, several broken rules", usual, "nora", post("/password", "password", "nora", "confirmation", "other"))
	l.add("reset-suggested", "a suggested password", usual, "nora", post("/password/suggest", "suggestion", newSecret))
	l.add("reset-regex", "a policy with a regular expression", fromFile, "nora", get("/password"))
	l.add("reset-regex-described", "refused by a regular expression that is described", fromFile, "nora", changePassword("", "7-Right-Horses"))
	l.add("reset-recovered", "after a recovery code in place of the password", usual, "", recovered()...)
	l.add("reset-recovered-refused", "the same, refused", usual, "", recovered(changePassword("", claraSecret))...)
	l.page = "New password, by choice"
	change := changePassword(claraSecret, newSecret)
	l.add("password", "fresh, customer", usual, clara, get("/password"))
	l.add("password-superadmin", "fresh, SuperAdmin", usual, olga, get("/password"))
	l.add("password-refused", "refused, wrong current password", usual, clara, changePassword("wrong", newSecret))
	l.add("reset-regex-refused", "refused by a regular expression", fromFile, olga, changePassword(olgaSecret, "7-Right-Horses-Run"))
	l.add("password-too-soon", "too soon after the last change", usual, clara, change, get("/password"))
	l.add("password-too-soon-refused", "sent too soon after the last change", usual, clara, change, changePassword(newSecret, "Third-Stable-9!"))
	l.add("password-used-before", "refused, used before", usual, clara, changePassword(claraSecret, claraSecret))
}

// half opens a session of matthias, who has an authenticator app, with the password alone.
func half(then ...Request) []Request { return halfOf("matthias.brandt", then...) }

func halfOf(name string, then ...Request) []Request {
	reset := post("/accounts/{"+name+"}/password", "password_mode", "typed", "password", newSecret, "one_time", "true")
	reset.As = olga
	return append([]Request{reset, signInAs(name, newSecret)}, then...)
}

// The hosts of the passkeys of two accounts.
var passkeysOf = map[string]string{"bea.hollenbeck": Host, "daniel.whitfield": "login.hollenbeck.example"}

func secondFactor(l *list) {
	l.page = "Second factor"
	l.add("second-factor", "fresh", usual, "", half()...)
	l.add("second-factor-refused", "no code", usual, "", half(post("/second-factor", "code", "12345", "remember_device", "true"))...)
	l.add("second-factor-recovery-refused", "a wrong recovery code", usual, "", half(post("/second-factor", "recovery_code", "7K3M-Q9PX-0000-7K3M"))...)
	l.add("second-factor-passkey", "a passkey", usual, "", halfOf("bea.hollenbeck")...)
	l.add("second-factor-passkey-refused", "a passkey that was refused", usual, "", halfOf("bea.hollenbeck", post("/second-factor", "credential", "{}"))...)
	l.add("second-factor-former-host", "a passkey of a former host", usual, "", halfOf("daniel.whitfield")...)
	l.add("second-factor-former-host-only", "the same without recovery codes", codesOff, "", halfOf("daniel.whitfield")...)
	l.add("second-factor-former-host-refused", "the same with a recovery code that was refused", usual, "", halfOf("daniel.whitfield", post("/second-factor", "recovery_code", "7K3M"))...)
	l.add("second-factor-brand", "of an operator with a brand", branded, "", half()...)
}

// recovered opens a session of clara with a recovery code in place of the password.
func recovered(then ...Request) []Request {
	codes := post("/me/security/recovery-codes")
	codes.As = clara
	return append([]Request{codes, post("/recover", "name", clara, "code", ShownCode)}, then...)
}

// halfAnHourAgo signs in so long before the other requests that an act asks for the password again.
func halfAnHourAgo(name, password string) Request {
	request := signInAs(name, password)
	request.Before = 30 * time.Minute
	return request
}

func confirmIdentity(l *list) {
	signedIn, deleteClara := halfAnHourAgo(olga, olgaSecret), post("/accounts/{clara}/delete", "confirm", clara)
	wrong := post("/confirm-identity", "password", "wrong")
	l.page = "Confirm it's you"
	l.add("confirm-identity", "before an account is deleted", usual, "", signedIn, deleteClara)
	l.add("confirm-identity-refused", "refused", usual, "", signedIn, deleteClara, wrong)
	l.add("confirm-identity-signed-out", "signed out after too many wrong answers", usual, "", signedIn, deleteClara, wrong, wrong, wrong, wrong, wrong)
	l.add("confirm-identity-lost", "with entries that are too long to be kept", usual, "", signedIn, create("superadmin", "name", strings.Repeat("x", 20_000)))
	l.add("confirm-identity-nothing-kept", "done, and back where nothing was typed", usual, "", signedIn, post("/accounts/{clara}/delete"), post("/confirm-identity", "password", olgaSecret))
}

func security(l *list) {
	begin, confirm := post("/me/security/totp"), post("/me/security/totp/"+App+"/confirm", "code", Code, "title", "Phone")
	codes := post("/me/security/recovery-codes")
	l.page = "Security"
	l.add("security", "nothing set up", usual, clara, get("/me/security"))
	l.add("security-on", "an authenticator app", usual, olga, begin, confirm, get("/me/security"))
	l.add("security-added", "two of them, with a message", usual, clara, begin, confirm, begin, post("/me/security/totp/"+App+"/confirm", "code", Code))
	l.add("security-required", "a second factor is required", enforced, clara, get("/me/security?setup=1"))
	l.add("security-last", "the last one is required", enforced, clara, begin, confirm, get("/me/security"))
	l.add("security-few-codes", "few recovery codes", usual, nordkai, get("/me/security"))
	l.add("security-codes-only", "recovery codes without a second factor", usual, clara, codes, get("/me/security"))
	l.page = "Set-up of an authenticator app"
	l.add("totp", "fresh", usual, clara, begin, get("/me/security/totp/"+App))
	l.add("totp-superadmin", "fresh, SuperAdmin", usual, olga, begin)
	l.add("totp-refused", "a wrong code and a long title", usual, clara, begin, post("/me/security/totp/"+App+"/confirm", "code", "12345", "title", strings.Repeat("Phone ", 11)))
	l.page = "New passkey"
	l.add("passkey", "fresh", usual, clara, get("/me/security/passkey"))
	l.add("passkey-refused", "refused, with a long title", usual, olga, post("/me/security/passkey", "title", strings.Repeat("Laptop ", 11)))
	l.page = "Recovery codes shown once"
	l.add("recovery-codes-first", "after the first factor", usual, clara, begin, confirm)
	l.add("recovery-codes", "a new set", usual, olga, codes)
	l.add("recovery-codes-done", "the form was sent before", usual, clara, begin, confirm, confirm)
}

// codeOf has clara create an emergency code, and then a guest send requests.
func codeOf(person, hours string, then ...Request) []Request {
	create := post("/me/emergency-codes", "person", person, "lead_hours", hours)
	create.As = clara
	return append([]Request{create}, then...)
}

func apiKeys(l *list) {
	key := func(title string, fields ...string) Request {
		made := post("/me/api-keys", append([]string{"title", title}, fields...)...)
		made.As = olga
		return made
	}
	list := get("/me/api-keys")
	ofDevice := "/accounts/{label-printer-hall-b}/api-keys"
	l.page = "API keys"
	l.add("api-keys", "none", usual, olga, list)
	l.add("api-keys-list", "several", usual, olga, key("Nightly HR import"), key("A portal with a title so long that it does not fit into a single line on any screen that is in use today", "write", "true", "networks", "203.0.113.0/24 2001:db8::/32"), key("Devices in hall B", "direct", "true", "verify", "true", "scope", "nordkai"), list)
	l.add("api-keys-refused", "refused", usual, olga, key("", "ends", "2001-01-01", "networks", "here", "scope", "nowhere"))
	l.add("api-keys-of-customer", "of a customer", usual, clara, list)
	l.add("api-keys-off", "switched off", withoutIt, olga, list)
	l.add("api-docs", "the contract", usual, "", get("/api/docs"))
	l.add("api-key", "a new key", usual, olga, key("Nightly HR import", "write", "true"))
	l.add("api-keys-technical", "of a technical account", usual, olga, post(ofDevice, "title", "Label printer"), get(ofDevice))
	l.add("api-keys-on-account", "on the account's page", usual, olga, post(ofDevice, "title", "Label printer"), get("/accounts/{label-printer-hall-b}"))
}

func emergency(l *list) {
	enter := post("/emergency", "name", clara, "code", ShownCode)
	list := get("/me/emergency-codes")
	all := slices.Concat(codeOf("Jonas Weber", "48"), codeOf("Notary Dr. Lindqvist & Partners, sealed envelope", "0", guest(enter), guest(enter)), codeOf("Mia", "24", guest(enter)), codeOf("Bea", "0", guest(enter)))
	l.page = "Emergency access"
	l.add("emergency", "fresh", usual, "", get("/emergency"))
	l.add("emergency-failed", "failed", usual, "", post("/emergency", "name", clara, "code", "7K3M7-Q9PX0-00007-K3M7K-3M7K3"))
	l.add("emergency-refused", "no name and no code", usual, "", post("/emergency", "name", "", "code", "7K3M"))
	l.add("emergency-waiting", "the lead time runs", usual, "", codeOf("Mia", "24", enter)...)
	l.add("emergency-open", "the code opens the account now", usual, "", codeOf("Mia", "0", enter)...)
	l.add("emergency-session", "in the account", usual, "", codeOf("Mia", "0", enter, enter)...)
	l.add("emergency-session-refused", "refused to change the password", usual, "", codeOf("Mia", "0", enter, enter, get("/password"))...)
	l.add("emergency-codes", "no code", usual, clara, get("/me/emergency-codes"))
	l.add("emergency-codes-all", "in each state", usual, clara, append(all, list)...)
	l.add("emergency-codes-refused", "refused", usual, clara, post("/me/emergency-codes", "person", "", "lead_hours", "8761"))
	l.add("emergency-codes-no-mail", "without mail server", capturing, clara, append(codeOf("Mia", "24"), list)...)
	l.add("emergency-codes-off", "switched off", withoutIt, clara, get("/me/emergency-codes"))
	l.add("emergency-code", "a new code", usual, clara, codeOf("Jonas Weber", "48")...)
	l.add("emergency-code-at-once", "a new code without lead time", usual, clara, codeOf("Jonas Weber", "0")...)
	l.add("emergency-overview", "on the overview", usual, olga, append(slices.Concat(codeOf("Mia", "24", guest(enter)), codeOf("Bea", "0", guest(enter), guest(enter))), get("/"))...)
	l.add("emergency-account", "on the account's page", usual, olga, append(slices.Concat(codeOf("Jonas Weber", "48"), codeOf("Mia", "24", guest(enter)), codeOf("Bea", "0", guest(enter), guest(enter))), get("/accounts/{clara}"))...)
	l.add("emergency-banner", "on its owner's pages", usual, clara, append(codeOf("Mia", "24", guest(enter)), get("/me"))...)
}

// guest sends a request from the browser of another person.
func guest(request Request) Request {
	request.As = "guest"
	return request
}

// ofBrand adds the pages that end users see of an operator with a brand.
func ofBrand(l *list) {
	l.page = "Brand"
	l.add("brand-sign-in", "sign-in", branded, "", get("/sign-in"))
	l.add("brand-sign-in-failed", "sign-in, failed", branded, "", signInAs(clara, "wrong"))
	l.add("brand-reset", "new password, required", branded, "nora", get("/password"))
	l.add("brand-password", "new password, by choice", branded, clara, get("/password"))
	l.add("brand-me", "account", branded, clara, get("/me"))
	l.add("brand-error", "405, guest", branded, "", get("/sign-out"))
}

// createAltona creates an organization without customers.
var createAltona = create("organization", "name", "altona", "email", "desk@altona.example", "password_mode", "typed", "password", newSecret)

func home(l *list) {
	createClara := create("customer", "name", clara, "email", "clara@nordkai.example", "password_mode", "typed", "password", newSecret)
	l.page = "Your account"
	l.add("me", "customer", usual, clara, get("/me"))
	l.add("me-expired", "customer, the password expired during the session", usual, "", monthAgo(signInAs("emil", "Autumn-Ferry-3")), get("/me"))
	l.add("me-saved", "customer, with a message", usual, clara, post("/me/edit", "locale", ""))
	l.add("me-refused", "customer, refused", usual, clara, post("/me/edit", "locale", "x"))
	l.add("me-organization", "organization", usual, nordkai, get("/me"))
	l.add("me-superadmin", "SuperAdmin", usual, olga, get("/me"))
	l.page = "Overview"
	l.add("overview", "a busy SuperAdmin", usual, olga, get("/"))
	l.add("overview-flash", "with a message", usual, olga, changePassword(olgaSecret, newSecret))
	l.add("overview-capturing", "no mail server", capturing, olga, get("/"))
	l.add("overview-trouble", "the mail server cannot be reached", outage, olga, get("/"))
	l.add("overview-proxy", "a proxy that is not trusted", proxied, olga, slices.Repeat([]Request{get("/")}, 6)...)
	l.add("overview-calm", "nothing to do", empty, "", setUp, createClara, get("/"))
	l.add("overview-first-steps", "first steps of a SuperAdmin", empty, "", setUp, get("/"))
	l.add("overview-organization", "organization", usual, nordkai, get("/"))
	l.add("overview-organization-first-steps", "first steps of an organization", usual, olga, createAltona, signInAs("altona", newSecret))
}

func accountList(l *list) {
	long := func(name, email string) Request {
		return create("customer", "name", name, "email", email, "password_mode", "generated", "one_time", "on")
	}
	l.page = "Search"
	l.add("search", "accounts, organizations and a page", usual, olga, get("/search?q=a"))
	l.add("search-blocked", "a blocked account", usual, olga, get("/search?q=miguel"))
	l.add("search-pages", "nothing typed yet", usual, olga, get("/search"))
	l.add("search-nothing", "nothing found", usual, olga, get("/search?q=schmidtchen"))
	l.page = "Accounts"
	l.add("accounts", "every state and kind", usual, olga, get("/accounts"))
	l.add("accounts-flash", "with a message", usual, olga, post("/accounts/{jan.devries}/delete", "confirm", "jan.devries"))
	l.add("accounts-filtered", "filtered by state and text", usual, olga, get("/accounts?state=expired&q=nord"))
	l.add("accounts-expiring", "those that expire soon", usual, olga, get("/accounts?expiring=90&sort=password-age"))
	l.add("accounts-second-factor", "those with an authenticator app", usual, olga, get("/accounts?factor=totp"))
	l.add("accounts-nothing", "nothing found", usual, olga, get("/accounts?q=schmidt&kind=technical&state=blacklisted"))
	l.add("accounts-unreadable", "invalid filters", usual, olga, get("/accounts?kind=robot&state=gone&sort=mood&expiring=soon&after=x"))
	l.add("accounts-long", "long names and addresses", usual, olga,
		long("maximiliane-friederike.von-und-zu-hohenlohe-schillingsfürst", "maximiliane-friederike.hohenlohe@personalverwaltung.zweigniederlassung-nord.hollenbeck.example"),
		long("wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww", "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww@example.org"),
		get("/accounts?sort=newest"))
	blocked := []Request{post("/views", "title", "Blocked", "query", "state=blacklisted"), post("/views", "title", "Expiring this month", "query", "expiring=30", "shared", "true")}
	l.add("accounts-views", "saved views", usual, olga, append(blocked, get("/accounts?state=blacklisted"))...)
	l.add("accounts-views-refused", "a view without a name", usual, olga, append(blocked, post("/views", "query", "state=blacklisted&sort=newest"))...)
	l.add("accounts-organization", "seen by an organization", usual, nordkai, get("/accounts"))
	l.add("accounts-empty", "an organization without customers", usual, olga, createAltona, signInAs("altona", newSecret), get("/accounts"))
}

func deletedAccounts(l *list) {
	deleteClara := post("/accounts/{clara}/delete", "confirm", clara)
	l.page = "Deleted accounts"
	l.add("deleted", "some", usual, olga, deleteClara, get("/accounts/deleted"))
	l.add("deleted-none", "none", empty, "", setUp, get("/accounts/deleted"))
	l.add("deleted-off", "switched off", final, olga, get("/accounts/deleted"))
	l.add("deleted-restored", "restored", usual, olga, deleteClara, post("/accounts/{clara}/restore"))
	l.add("deleted-account-form", "before deleting for good", final, olga, post("/accounts/{clara}/delete", "confirm", "x"))
	l.add("deleted-name-reserved", "a new account with the name of a deleted one", usual, olga, deleteClara,
		create("customer", "name", clara, "email", "clara@example.org", "password_mode", "generated"))
}

func changeEmail(l *list) {
	request := post("/me/email", "email", "clara@example.org")
	confirm := "/confirm-email/" + LinkOf + "{clara}"
	l.page = "E-mail address"
	l.add("me-email", "fresh", usual, clara, get("/me/email"))
	l.add("me-email-pending", "waits to be confirmed", usual, clara, request)
	l.add("me-email-refused", "refused", usual, clara, post("/me/email", "email", "clara"))
	l.add("me-email-no-mail", "without mail server", capturing, clara, get("/me/email"))
	l.add("confirm-email", "the link to the new address", usual, clara, request, get(confirm))
	l.add("confirm-email-done", "confirmed", usual, clara, request, post(confirm))
	l.add("confirm-email-taken", "another account has the address", usual, clara, post("/me/email", "email", "nora.petersen@nordkai.example"), post(confirm))
	l.add("undo-email", "the link to the former address", usual, clara, request, post(confirm), get("/undo-email/"+LinkOf+"{clara}"))
	l.add("undo-email-done", "taken back", usual, clara, request, post(confirm), guest(post("/undo-email/"+LinkOf+"{clara}")))
}

func deleteMe(l *list) {
	del := func(confirm string, more ...string) Request {
		return post("/me/delete", append(more, "confirm", confirm)...)
	}
	l.page = "Delete your account"
	l.add("me-delete", "fresh", usual, clara, get("/me/delete"))
	l.add("me-delete-final", "deleted accounts cannot be restored", final, clara, get("/me/delete"))
	l.add("me-delete-refused", "a wrong name", usual, clara, del("x", "erase", "true"))
	l.add("me-delete-customers", "an organization with customers", usual, nordkai, del(nordkai))
	l.add("me-delete-off", "switched off", undeleted, clara, get("/me/delete"))
	l.add("me-deleted", "deleted", usual, "", get("/sign-in?deleted=restorable"))
	l.add("me-deleted-final", "erased", usual, "", get("/sign-in?deleted=final"))
}

func account(l *list) {
	l.page = "Account"
	for _, s := range [][3]string{
		{"active", "active", "bea.hollenbeck"}, {"expired", "expired, with a failed mail", "marta.kovač"}, {"must-change", "must change", "petra.novotná"},
		{"one-time", "one-time password", "nora"}, {"one-time-lapsed", "one-time password expired", "aiko.suzuki"},
		{"no-password", "no password", "jan.devries"}, {"blacklisted", "blocked for a time", "miguel.santos"},
		{"blacklisted-for-good", "blocked until an operator unblocks it", "hafenbüro"}, {"disabled", "disabled", "josef.huber"},
		{"not-yet-valid", "not yet valid", "mila.sauer"}, {"ended", "ended", "jonas.keller"}, {"ends", "ends soon", "paula.engel"},
		{"technical", "technical", "tacho-upload"}, {"organization", "organization", nordkai},
		{"superadmin", "another SuperAdmin", "matthias.brandt"}, {"own", "one's own", olga},
	} {
		l.add("account-"+s[0], s[1], usual, olga, get("/accounts/{"+s[2]+"}"))
	}
	l.add("account-technical-expired", "technical, expired", fromFile, olga, get("/accounts/{scanner-gate-2}"))
	l.add("account-default", "the organization Default", usual, olga, get("/accounts/"+models.DefaultOrganizationID))
	l.add("account-invited", "invited", usual, olga, get("/accounts/{ingrid.falk}"))
	l.add("account-link", "links that were used and revoked", usual, olga, get("/accounts/{amelia.hart}"))
	l.add("account-link-sent", "a link was sent just now", usual, olga, append(linkTo(clara), get("/accounts/{clara}"))...)
	l.add("account-links-only", "people get links only", linksOnly, "", signInAs(olga, olgaSecret), changePassword(olgaSecret, newSecret), get("/accounts/{miguel.santos}"))
	l.add("account-link-refused", "no link for a technical account", usual, olga, post("/accounts/{scanner-gate-2}/password", "password_mode", "link"))
	l.add("account-second-factor", "with an authenticator app", usual, nordkai, get("/accounts/{jürgen.weiß}"))
	l.add("account-second-factor-refused", "the same, with a refused new password", usual, nordkai,
		post("/accounts/{jürgen.weiß}/password", "password_mode", "typed", "password", "abc", "reset_credentials", "true"))
	l.add("account-by-organization", "seen by its organization", usual, nordkai, get("/accounts/{clara}"))
	l.add("account-flash", "with a message", usual, olga, post("/accounts/{miguel.santos}/unblock"))
	l.add("account-undo", "with a message and Undo", usual, olga, post("/accounts/{bea.hollenbeck}/disable"))
	l.add("account-refused-issue", "refused new password", usual, olga, post("/accounts/{clara}/password", "password_mode", "typed", "password", "abc"))
	l.add("account-generated", "a generated password carried back", usual, olga,
		post("/accounts/generate-password", "account", "{clara}", "password_mode", "generated"))
	l.add("account-refused-edit", "refused edit", usual, olga, post("/accounts/{petra.novotná}/edit", "email", "petra@-", "technical", "on"))
	l.add("account-refused-move", "refused move", usual, olga, post("/accounts/{clara}/move", "organization", "x"))
	l.add("account-refused-delete", "refused delete", usual, olga, post("/accounts/{clara}/delete", "confirm", "clar"))
	l.add("account-refused", "refused for a reason other than a field", usual, olga, post("/accounts/{clara}/unblock"))
}

func newAccount(l *list) {
	const submission = "019cadc6-9a80-7003-b994-000000600002"
	eva := []string{"name", "eva.schneider", "email", "eva.schneider@hollenbeck.example", "password_mode", "generated", "submission", submission}
	createEva := func(form ...string) Request { return create("customer", append(form, eva...)...) }
	l.page = "New account"
	l.add("new-customer", "customer", empty, "", setUp, get("/accounts/new?kind=customer"))
	l.add("new-links-only", "people get links only", linksOnly, olga, get("/accounts/new?kind=customer"))
	l.add("new-links-only-refused", "a password is refused then", linksOnly, olga, create("customer", "name", "nina", "email", "nina@example.com", "password_mode", "typed", "password", newSecret))
	l.add("new-organization", "organization", usual, olga, get("/accounts/new?kind=organization"))
	l.add("new-superadmin", "SuperAdmin", usual, olga, get("/accounts/new?kind=superadmin"))
	l.add("new-by-organization", "customer, by an organization", usual, nordkai, get("/accounts/new?kind=customer"))
	l.add("new-technical", "technical ticked", usual, olga, create("customer", "technical", "on", "password_mode", "generated"))
	l.add("new-generated", "a generated password carried back", usual, olga, post("/accounts/generate-password", append(eva, "kind", "customer")...))
	l.add("new-refused", "refused, with several mistakes", usual, olga,
		create("customer", "name", clara, "email", clara, "one_time", "on", "technical", "on", "password_mode", "typed", "password", "abc"))
	l.add("new-options", "refused for its generator options, under rules of settings", raised, olga,
		createEva("generator_length", "8", "generator_special", "!?·"))
	l.add("new-impossible", "refused, since none can be generated", fromFile, olga, createEva("technical", "on"))
	l.page = "Password shown once"
	l.add("issued-one-time", "account created, one-time", usual, olga, createEva("one_time", "on"))
	l.add("issued-ordinary", "account created, ordinary", usual, olga, createEva())
	l.add("issued-technical", "account created, technical", usual, olga, createEva("technical", "on"))
	l.add("issued-anew", "new password, one-time", usual, olga, post("/accounts/{nora}/password", "password_mode", "generated", "one_time", "on"))
	l.add("new-handed-over", "refused to hand over", usual, olga, createEva("hand_over", "secret-link", "reads", "0", "valid_minutes", "5"))
	l.add("already-done", "the form was sent before", usual, olga, monthAgo(createEva()), createEva())
}

func secretLinks(l *list) {
	byOlga := func(form ...string) Request {
		request := post("/accounts/{nora}/password", append(form, "password_mode", "generated", "one_time", "on")...)
		request.As = olga
		return request
	}
	link, letter := byOlga("hand_over", "secret-link", "reads", "3", "passphrase", "Seven blue kettles"), byOlga("hand_over", "sheet")
	read := func(passphrase string) Request { return guest(post("/s/"+ShownCode, "passphrase", passphrase)) }
	l.page = "Secret links"
	l.add("secret-link-new", "created", usual, olga, link)
	l.add("secret-link-letter", "as a letter", usual, olga, letter)
	l.add("secret-link-letter-technical", "as a letter for a new technical account, with a passphrase", usual, olga,
		create("customer", "name", "scale-3", "email", "scale-3@hollenbeck.example", "displayName", "Scale in hall B", "technical", "on",
			"password_mode", "generated", "hand_over", "sheet", "passphrase", "Seven blue kettles"))
	l.add("secret-link-closed", "before it is read", usual, "", byOlga("hand_over", "secret-link"), guest(get("/s/"+ShownCode)))
	l.add("secret-link-wrong", "a wrong passphrase", usual, "", link, read("Six kettles"))
	l.add("secret-link-read", "read", usual, "", link, read("Seven blue kettles"))
	l.add("secret-link-read-last", "read for the last time", usual, "", letter, read(""))
	l.add("secret-links", "in each state", usual, olga, link, read("Seven blue kettles"), get("/secret-links"))
	l.add("secret-links-none", "none", usual, nordkai, get("/secret-links"))
	l.add("secret-links-off", "switched off", withoutIt, olga, get("/secret-links"))
}

func policy(l *list) {
	preview := func(text string) Request { return post("/policy/preview", "policy", text) }
	const broken = "{\n  \"passwordPolicyConfigurations\": {\n    \"ACCOUNT\": { \"minimumSymbol\": 12 },\n    \"TECHNICAL\": {}\n  }\n}\n"
	l.page = "Policy"
	l.add("policy", "built in", usual, olga, get("/policy"))
	l.add("policy-file", "three sections from a file, with warnings and one that is not provable", fromFile, olga, get("/policy"))
	l.add("policy-settings", "built in, and raised by settings", raised, olga, get("/policy"))
	l.add("policy-nist", "no deviation from standards, and everything off", atNIST, olga, get("/policy"))
	l.add("policy-organization", "seen by an organization", usual, nordkai, get("/policy"))
	l.add("policy-refused", "a newer file was refused", refused, olga, get("/policy"))
	l.add("policy-refused-organization", "the same, seen by an organization", refused, nordkai, get("/policy"))
	l.page = "Policy version"
	l.add("policy-version", "active", fromFile, olga, get("/policy/versions/3"))
	l.add("policy-version-past", "active before", fromFile, olga, get("/policy/versions/1"))
	l.add("policy-version-elsewhere", "activated by another process", refused, olga, get("/policy/versions/4"))
	l.page = "Preview of a policy"
	l.add("policy-preview", "before anything was sent", fromFile, olga, get("/policy/preview"))
	l.add("policy-preview-result", "stricter in much", usual, olga, preview(filePolicies().File()))
	l.add("policy-preview-nothing", "nothing would change", usual, olga, preview(password.Default().File()))
	l.add("policy-preview-preset", "the NIST preset in the form", usual, olga, get("/policy/preview?preset=nist"))
	l.add("policy-preview-form", "sent as a form", usual, olga, post("/policy/preview", "from", "form",
		"ACCOUNT.minimumSymbols", "12", "ACCOUNT.userNameForbidden", "true", "ACCOUNT.maxLoginAttempts", "10", "ACCOUNT.blockingTimeInMin", "20", "TECHNICAL.minimumSymbols", "6"))
	l.add("policy-preview-form-refused", "mistakes in the form", usual, olga, post("/policy/preview", "from", "form",
		"ACCOUNT.minimumSymbols", "twelve", "ACCOUNT.blockingTimeInMin", "-1", "TECHNICAL.minimumSymbols", "6"))
	l.add("policy-preview-broken", "a policy with a mistake", fromFile, olga, preview(broken))
}

func mails(l *list) {
	const template = "/mail/templates/" + models.MailBlacklisted
	testMail := post(template+"/test", "locale", "en", "state", "1")
	l.page = "Mail"
	l.add("mails", "every state", usual, olga, post("/mail/{failed}/retry"), get("/mail"))
	l.add("mails-pages", "in the middle of many", usual, olga, get("/mail?after={captured}"))
	l.add("mails-trouble", "the mail server cannot be reached", outage, olga, get("/mail"))
	l.add("mails-failed", "those that failed", usual, olga, get("/mail?state=failed"))
	l.add("mails-capturing", "no mail server", capturing, olga, get("/mail?state=captured"))
	l.add("mails-nothing", "nothing found", usual, olga, get("/mail?to=nobody@hollenbeck.example&state=failed"))
	l.add("mails-unreadable", "an invalid filter", usual, olga, get("/mail?state=lost"))
	l.add("mails-empty", "none yet", empty, "", setUp, get("/mail"))
	l.page = "One mail"
	for _, state := range models.MailStates() {
		if state != models.MailWaiting {
			l.add("mail-"+string(state), string(state), usual, olga, get("/mail/{"+string(state)+"}"))
		}
	}
	l.add("mail-waiting", "waiting", usual, olga, post("/mail/{failed}/retry"))
	l.add("mail-gone", "of an account that is gone", usual, olga, post("/accounts/{marta.kovač}/delete", "confirm", "marta.kovač"),
		post("/accounts/{ola.bergström}/delete", "confirm", "ola.bergström"), get("/mail/{failed}"))
	l.add("mail-refused", "not sent again", usual, olga, post("/mail/{sent}/retry"))
	l.add("mail-test", "a test mail", usual, olga, testMail)
	l.page = "Mail templates"
	l.add("mail-templates", "all built-in", usual, olga, get("/mail/templates"))
	l.add("mail-templates-own", "some of one's own", capturing, olga, get("/mail/templates"))
	l.page = "Preview of a mail"
	l.add("mail-template", "built-in", usual, olga, get(template))
	l.add("mail-template-capturing", "files of one's own, no mail server", capturing, olga, get(template))
	l.add("mail-template-too-many", "too many test mails", usual, olga, slices.Repeat([]Request{testMail}, 11)...)
	l.add("mail-template-unknown", "an unknown state", usual, olga, get(template+"?state=99"))
}

func audit(l *list) {
	l.page = "Audit log"
	l.add("audit", "what operators do", usual, olga,
		post("/accounts/{miguel.santos}/unblock"), post("/accounts/{clara}/require-change"), post("/accounts/{clara}/disable"),
		post("/accounts/{clara}/enable"), post("/accounts/{clara}/end-sessions"), post("/accounts/{clara}/move", "organization", models.DefaultOrganizationID),
		post("/accounts/{nora}/password", "password_mode", "generated", "one_time", "on"),
		post("/accounts/{petra.novotná}/edit", "email", "petra@hollenbeck.example"), post("/accounts/{jan.devries}/delete", "confirm", "jan.devries"),
		signInAs("nobody", "wrong"), get("/audit"))
	l.add("audit-pages", "in the middle of much", usual, olga, get("/audit?after={captured}"))
	l.add("audit-filtered", "one event", usual, olga, get("/audit?action=policy-reloaded"))
	l.add("audit-account", "about one account", usual, olga, get("/audit?account={clara}"))
	l.add("audit-organization", "seen by an organization", usual, nordkai, get("/audit"))
	l.add("audit-searched", "filtered by all", usual, olga, get("/audit?q=an&action=signed-in&actor=clara&target=clara&ip=0.0.0.0/0&from=2020-01-01&to=2099-12-31"))
	l.add("audit-repeats", "what repeats", usual, olga, get("/audit?action=sign-in-failed"))
	l.add("audit-nothing", "nothing found", empty, "", setUp, get("/audit?action=moved"))
	l.add("audit-unreadable", "an invalid filter", usual, olga, get("/audit?action=vanished&ip=10.0.0&from=today&to=2026-02-30"))
	l.page = "Errors"
	l.add("error-421", "421, unknown host", empty, "", get("http://127.0.0.2:8080/sign-in"))
	l.add("error-421-no-host", "421, no host", empty, "", get("http:///sign-in"))
}
