package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/handlers/page"
	"latchkey/views"
	"latchkey/views/words"
)

// showSetup exists only as long as there is no SuperAdmin, and only for who has the token.
func (s *App) showSetup(c echo.Context) error {
	token := c.QueryParam("token")
	if err := s.Accounts.CheckSetup(c.Request().Context(), token, c.RealIP()); err != nil {
		return err
	}
	return s.setupPage(c, http.StatusOK, accounts.SetupForm{Token: token}, nil)
}

func (s *App) setUp(c echo.Context) error {
	input := accounts.SetupForm{
		Token: page.Field(c, "token"), Name: page.Field(c, "name"), Email: page.Field(c, "email"),
		Password: page.Field(c, "password"), Confirmation: page.Field(c, "confirmation"),
	}
	in, err := s.Accounts.SetUp(c.Request().Context(), input, page.Client(c))
	if err != nil {
		return s.setupPage(c, http.StatusUnprocessableEntity, input, err)
	}
	welcome := map[string]string{page.FlashKey: s.WordsFor(c).T("Latchkey is set up, and you are signed in.")}
	s.StartSession(c, in, welcome)
	return c.Redirect(http.StatusSeeOther, page.Home(in.Account.Kind))
}

func (s *App) setupPage(c echo.Context, status int, input accounts.SetupForm, failed error) error {
	frame := s.PlainFrame(c, "Set up Latchkey")
	frame.Here = views.Query(views.SetupURL, url.Values{"token": {input.Token}})
	if err := page.SetProblems(&frame, failed); err != nil {
		return err
	}
	return page.Render(c, status, views.Setup(views.SetupPage{
		Frame: frame, Secure: s.SecurePage(c), Token: input.Token, Name: input.Name, Email: input.Email,
		Policy: words.FirstPolicy(frame.Words, s.Rules(c).Policies.For(false, true)),
	}))
}
