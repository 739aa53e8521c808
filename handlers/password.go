package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/session"
	"latchkey/handlers/page"
	"latchkey/password"
	"latchkey/views"
	"latchkey/views/words"
)

func (s *App) showPassword(c echo.Context) error {
	return s.passwordPage(c, http.StatusOK, password.Generated{}, nil)
}

func (s *App) changePassword(c echo.Context) error {
	who := page.Visitor(c)
	input := session.NewPassword{
		Current: page.Field(c, "current"), Password: page.Field(c, "password"), Confirmation: page.Field(c, "confirmation"),
	}
	in, err := s.Accounts.Sessions.ChangePassword(c.Request().Context(), *who, page.Actor(c), input)
	if err != nil {
		return s.passwordPage(c, http.StatusUnprocessableEntity, password.Generated{}, err)
	}
	session := page.Session(c)
	next, _ := session.Values[page.NextKey].(string)
	delete(session.Values, page.NextKey)
	session.ID = in.Token
	s.KeepDevice(c, in.Device)
	return s.Done(c, s.TargetOrHome(next, who.Account), s.WordsFor(c).T("Your new password is set."))
}

// suggestPassword suggests a password under the policy: as JSON to scripts, or else in the page again.
func (s *App) suggestPassword(c echo.Context) error {
	account := page.Visitor(c).Account
	suggested, err := s.Accounts.Credentials.Generate(account.Name, s.Rules(c).Policy(account), credential.GeneratorOptions{})
	if page.WantsJSON(c) {
		return s.generatedJSON(c, suggested, err)
	}
	if err != nil {
		return s.passwordPage(c, http.StatusUnprocessableEntity, password.Generated{}, err)
	}
	return s.passwordPage(c, http.StatusOK, suggested, nil)
}

func (s *App) passwordPage(c echo.Context, status int, suggested password.Generated, failed error) error {
	who := page.Visitor(c)
	frame, err := s.Frame(c, "", "Password")
	if err != nil {
		return err
	}
	if err := page.SetProblems(&frame, failed); err != nil {
		return err
	}
	view := views.PasswordPage{
		Frame: frame, Why: words.WhyReset(frame.Printer, who.Pending, s.describe(c, who.Account)), Current: who.NeedsCurrent(), Name: who.Account.Name, Help: s.Help, Suggested: words.Suggest(frame.Words, suggested),
		Policy: words.NewPolicy(frame.Words, s.Rules(c).Policy(who.Account)),
	}
	if from, soon := s.Rules(c).ChangeableFrom(who.Account); soon && who.Pending == "" {
		view.TooSoon = words.Error(frame.Printer, core.Describe(core.TooSoonError{From: from})[0])
	}
	return page.Render(c, status, views.Password(view))
}
