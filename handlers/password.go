package handlers

import (
	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/session"
	"latchkey/handlers/page"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/words"
)

func (s *App) showPassword(c echo.Context) error {
	return s.passwordPage(c, "", nil)
}

func (s *App) changePassword(c echo.Context) error {
	who := page.Visitor(c)
	input := session.NewPassword{
		Current: page.Field(c, "current"), Password: page.Field(c, "password"), Confirmation: page.Field(c, "confirmation"),
	}
	in, err := s.Accounts.Sessions.ChangePassword(c.Request().Context(), *who, page.Actor(c), input)
	if err != nil {
		return s.passwordPage(c, "", err)
	}
	session := page.Session(c)
	next, _ := session.Values[page.NextKey].(string)
	delete(session.Values, page.NextKey)
	session.ID = in.Token
	s.KeepDevice(c, in.Device)
	return s.Done(c, s.TargetOrHome(next, who.Account), s.WordsFor(c).T("Your new password is set."))
}

// useSuggestion fills the fields with the suggestion of the page. Scripts do it without a request.
func (s *App) useSuggestion(c echo.Context) error {
	return s.passwordPage(c, page.Field(c, "suggestion"), nil)
}

// passwordPage shows the form, with the suggestion in its fields if there is one, or else next to them a new one.
func (s *App) passwordPage(c echo.Context, used string, failed error) error {
	who, rules := page.Visitor(c), s.Rules(c)
	frame, status, err := s.FormFrame(c, "", "Password", failed)
	if err != nil {
		return err
	}
	view := views.PasswordPage{
		Frame: frame, Current: who.NeedsCurrent(), Name: who.Account.Name, Help: s.Help, Suggestion: used, Used: used != "",
		Policy: words.NewPolicy(frame.Words, rules.Policy(who.Account)),
	}
	if !view.Used {
		suggested, err := s.Accounts.Credentials.Generate(who.Account.Name, rules.Policy(who.Account), credential.GeneratorOptions{})
		if err == nil { // otherwise one can still be typed
			view.Suggestion = suggested.Text
		}
	}
	switch why := who.Pending; {
	case who.Session.OpenedBy == models.ByRecoveryCode:
		view.Why = frame.T("You used a recovery code. Choose a new password to continue.")
	case who.Session.OpenedBy == models.ByLink:
		view.Why = frame.T("Choose a new password. The link works once.")
	case why == "": // the change is voluntary
		if from, soon := rules.ChangeableFrom(who.Account); soon {
			view.TooSoon = words.Error(frame.Printer, core.Describe(core.TooSoonError{From: from})[0])
		}
	case why == models.OneTimeWaiting:
		view.Why = frame.T("You signed in with a one-time password. Choose your own to continue.")
	case why == models.MustChange && !who.Account.MustChange:
		view.Why = frame.T("An operator knows your password. Choose your own to continue.")
	case why == models.MustChange:
		view.Why = frame.T("Your operator requires a new password. Choose one to continue.")
	default:
		view.Why = frame.T("Your password has expired. Choose a new one to continue.")
		if at, expires := rules.ExpiresAt(who.Account); expires && !at.After(frame.Now) {
			view.Why = frame.T("Your password expired on {{.Time}}. Choose a new one to continue.", "Time", frame.Day(at))
		}
	}
	return page.Render(c, status, views.Password(view))
}
