package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
	"latchkey/views/words"
)

func (s *Server) showPassword(c echo.Context) error {
	return s.passwordPage(c, http.StatusOK, password.Generated{}, nil)
}

func (s *Server) changePassword(c echo.Context) error {
	who := visitor(c)
	input := accounts.NewPassword{
		Current: field(c, "current"), Password: field(c, "password"), Confirmation: field(c, "confirmation"),
	}
	in, err := s.Accounts.ChangeOwnPassword(c.Request().Context(), *who, actor(c), input)
	if err != nil {
		return s.passwordPage(c, http.StatusUnprocessableEntity, password.Generated{}, err)
	}
	session := session(c)
	next, _ := session.Values[nextKey].(string)
	delete(session.Values, nextKey)
	session.ID = in.Token
	s.keepDevice(c, in.Device)
	return s.done(c, s.targetOrHome(next, who.Account), s.words(c).T("Your password is set."))
}

// suggestPassword suggests a password under the policy: as JSON to scripts, or else in the page again.
func (s *Server) suggestPassword(c echo.Context) error {
	account := visitor(c).Account
	suggested, err := s.Accounts.Credentials.Generate(account.Name, s.Accounts.Policy(account), credential.GeneratorOptions{})
	if wantsJSON(c) {
		return s.generatedJSON(c, suggested, err)
	}
	if err != nil {
		return s.passwordPage(c, http.StatusUnprocessableEntity, password.Generated{}, err)
	}
	return s.passwordPage(c, http.StatusOK, suggested, nil)
}

func (s *Server) passwordPage(c echo.Context, status int, suggested password.Generated, failed error) error {
	who := visitor(c)
	frame, err := s.frame(c, "", "Password")
	if err != nil {
		return err
	}
	if err := setProblems(&frame, failed); err != nil {
		return err
	}
	page := views.PasswordPage{
		Frame: frame, Why: words.WhyReset(frame.Printer, who.Pending, s.describe(who.Account)), Current: who.NeedsCurrent(), Name: who.Account.Name, Help: s.Help, Suggested: words.Suggest(frame.Words, suggested),
		Policy: words.NewPolicy(frame.Words, s.Accounts.Policy(who.Account)),
	}
	if from, soon := s.Accounts.ChangeableFrom(who.Account); soon && who.Pending == "" {
		page.TooSoon = words.Error(frame.Printer, core.Describe(core.TooSoonError{From: from})[0])
	}
	return render(c, status, views.Password(page))
}

// targetOrHome is the page that the visitor wanted, or the start page if they may not open it.
func (s *Server) targetOrHome(next string, account models.Account) string {
	path, _, _ := strings.Cut(next, "?")
	if path == "" || path == views.HomeURL || !s.mayOpen(account.Kind, path) {
		return home(account.Kind)
	}
	return next
}

// mayOpen reports whether the table of routes has a page at the path for accounts of the kind.
func (s *Server) mayOpen(kind models.Kind, path string) bool {
	found := s.echo.NewContext(nil, nil)
	s.echo.Router().Find(http.MethodGet, path, found)
	return s.pages[found.Path()].admits(kind)
}
