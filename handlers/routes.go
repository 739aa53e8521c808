package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/models"
)

// access is who may use a route. The zero value denies, so that a route without access is refused.
type access int

const (
	denied         access = iota
	withoutSession        // anyone; no session is loaded, so it works without the database
	anyone                // also without a session
	pending               // signed in, also while only the reset page is open
	signedIn              // signed in, with nothing pending
	operators             // SuperAdmins and organizations
	superAdmins           // SuperAdmins
)

// admits reports whether accounts of the kind may use a route with this access.
func (a access) admits(kind models.Kind) bool {
	who := core.Actor{Kind: kind}
	switch a {
	case denied, withoutSession:
		return false
	case operators:
		return who.MayOperate()
	case superAdmins:
		return who.MaySeeEverything()
	default:
		return true
	}
}

// route is a method and path with its access and handler.
type route struct {
	method, path string
	who          access
	do           echo.HandlerFunc
}

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// routes lists all routes. What an operator may do to which account is decided in accounts/authorize.go.
func (s *Server) routes() []route {
	return withHead(append(s.devRoutes(), []route{
		{get, "/healthz", withoutSession, s.alive},
		{get, "/readyz", withoutSession, s.ready},
		{get, "/static/:name", withoutSession, s.asset},
		{get, "/.well-known/change-password", withoutSession, s.wellKnownChangePassword},
		{get, "/.well-known/security.txt", withoutSession, s.securityTxt},
		{get, "/setup", anyone, s.showSetup},
		{post, "/setup", anyone, s.setUp},
		{get, "/sign-in", anyone, s.showSignIn},
		{post, "/sign-in", anyone, s.signIn},

		{post, "/sign-out", pending, s.signOut},
		{get, "/password", pending, s.showPassword},
		{post, "/password", pending, s.changePassword},
		{post, "/password/suggest", pending, s.suggestPassword},

		{get, "/", signedIn, s.overview},
		{get, "/me", signedIn, s.me},
		{post, "/me/edit", signedIn, s.editMe},
		{post, "/me/sessions/end-others", signedIn, s.endOtherSessions},
		{post, "/me/sessions/:id/end", signedIn, s.endOwnSession},

		{get, "/accounts", operators, s.listAccounts},
		{post, "/accounts", operators, s.createAccount},
		{get, "/accounts/new", operators, s.showNewAccount},
		{post, "/accounts/generate-password", operators, s.generatePassword},
		{get, "/accounts/:id", operators, s.showAccount},
		{post, "/accounts/:id/password", operators, s.issuePassword},
		{post, "/accounts/:id/require-change", operators, s.requireChange},
		{post, "/accounts/:id/unblock", operators, s.unblock},
		{post, "/accounts/:id/disable", operators, s.disable},
		{post, "/accounts/:id/enable", operators, s.enable},
		{post, "/accounts/:id/end-sessions", operators, s.endSessions},
		{post, "/accounts/:id/sessions/:session/end", operators, s.endSession},
		{post, "/accounts/:id/delete", operators, s.deleteAccount},
		{post, "/accounts/:id/edit", operators, s.editAccount},
		{get, "/policy", operators, s.policy},
		{get, "/audit", operators, s.audit},

		{get, "/policy/preview", superAdmins, s.showPolicyPreview},
		{post, "/policy/preview", superAdmins, s.previewPolicy},
		{get, "/policy/versions/:number", superAdmins, s.policyVersion},
		{post, "/accounts/:id/move", superAdmins, s.move},
		{get, "/mail", superAdmins, s.listMails},
		{get, "/mail/templates", superAdmins, s.listMailTemplates},
		{get, "/mail/templates/:name", superAdmins, s.showMailTemplate},
		{post, "/mail/templates/:name/test", superAdmins, s.testMail},
		{get, "/mail/:id", superAdmins, s.showMail},
		{get, "/mail/:id/html", superAdmins, s.showMailHTML},
		{post, "/mail/retry", superAdmins, s.retryMails},
		{post, "/mail/:id/retry", superAdmins, s.retryMail},
	}...))
}

// maxForm is the largest form, in bytes, and formLimits are the exceptions by path: password fields take passwords of 4,096
// bytes, of which three fit percent-encoded. A policy that is sent without a file is text; see maxPolicyForm for files.
const (
	maxForm         int64 = 8 << 10
	maxPasswordForm int64 = 40 << 10
	maxPolicyText   int64 = 64 << 10
)

var formLimits = map[string]int64{
	"/setup":                      maxPasswordForm,
	"/sign-in":                    maxPasswordForm,
	"/password":                   maxPasswordForm,
	"/password/suggest":           maxPasswordForm,
	"/accounts":                   maxPasswordForm,
	"/accounts/generate-password": maxPasswordForm,
	"/accounts/:id/password":      maxPasswordForm,
	"/policy/preview":             maxPolicyText,
}

// maxPolicyForm bounds a form with a policy, which may be larger than others: it can hold a text and a file of 1 MiB each,
// and somewhat more, so that it can be said of a file that it is too large.
const maxPolicyForm = 5 << 20

// devRoutes show samples to developers. They exist with --dev only.
func (s *Server) devRoutes() []route {
	if !s.Dev {
		return nil
	}
	return []route{
		{get, "/dev/pages", withoutSession, s.devPages},
		{get, "/dev/pages/:name", withoutSession, s.devPage},
		{get, "/dev/mails", withoutSession, s.devMails},
		{get, "/dev/mails/:name", withoutSession, s.devMail},
		{get, "/dev/mails/:name/html", withoutSession, s.devMailHTML},
	}
}

// withHead adds HEAD to every GET route.
func withHead(routes []route) []route {
	for _, r := range routes {
		if r.method == get {
			routes = append(routes, route{http.MethodHead, r.path, r.who, r.do})
		}
	}
	return routes
}
