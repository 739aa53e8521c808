package handlers

import (
	"cmp"
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/credential"
	"latchkey/accounts/session"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// showSetPassword changes nothing: programs that check mails open links too.
func (s *App) showSetPassword(c echo.Context) error {
	account, err := s.Accounts.Links.Target(c.Request().Context(), c.Param("token"), page.Client(c))
	if err != nil {
		return err
	}
	return s.setPasswordPage(c, account, nil)
}

// setPassword sets the password by the link and opens a session.
func (s *App) setPassword(c echo.Context) error {
	ctx, token := c.Request().Context(), c.Param("token")
	input := session.NewPassword{Password: page.Field(c, "password"), Confirmation: page.Field(c, "confirmation")}
	in, err := s.Accounts.Links.SetPassword(ctx, token, input, page.Client(c))
	if err != nil {
		account, gone := s.Accounts.Links.Target(ctx, token, page.Client(c))
		if gone != nil {
			return gone
		}
		return s.setPasswordPage(c, account, err)
	}
	if err := s.LoadSession(c); err != nil {
		return err
	}
	s.StartSession(c, in, nil)
	return c.Redirect(http.StatusSeeOther, s.FirstPage(in, ""))
}

// guestFrame is the frame of a page that a link in a mail opens: in the language of the account, as the mail is.
func (s *App) guestFrame(c echo.Context, account models.Account, title i18n.Msg) ui.Frame {
	frame := s.PlainFrame(c, title)
	frame.Words = s.Words.For(cmp.Or(account.Locale, frame.Locale), "")
	frame.Title = frame.T(title)
	return frame
}

func (s *App) setPasswordPage(c echo.Context, account models.Account, failed error) error {
	frame := s.guestFrame(c, account, "Choose a password")
	status, err := page.FormStatus(&frame, failed)
	if err != nil {
		return err
	}
	frame.Here = "" // which has the token
	rules := s.Rules(c)
	view := views.SetPasswordPage{
		Frame: frame, URL: views.SetPasswordURL(c.Param("token")), Name: account.Name, Factor: account.HasFactor, Help: s.Help,
		Secure: s.SecurePage(c), Policy: words.NewPolicy(frame.Words, rules.Policy(account)),
	}
	suggested, err := s.Accounts.Credentials.Generate(account.Name, rules.Policy(account), credential.GeneratorOptions{})
	if err == nil { // otherwise one can still be typed
		view.Suggestion = suggested.Text
	}
	return page.Render(c, status, views.SetPassword(view))
}
