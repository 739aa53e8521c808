package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"
	"latchkey/views"
)

func (s *App) showForgot(c echo.Context) error {
	if who := page.Visitor(c); who != nil {
		return c.Redirect(http.StatusSeeOther, page.Home(who.Account.Kind))
	}
	return s.forgotPage(c, nil)
}

// forgot asks for a link to set a new password. The answer is the same for every name.
func (s *App) forgot(c echo.Context) error {
	if err := s.Accounts.Links.Forgot(c.Request().Context(), page.Field(c, "name"), page.Client(c)); err != nil {
		return s.forgotPage(c, err)
	}
	return c.Redirect(http.StatusSeeOther, views.ForgotSentURL)
}

func (s *App) forgotPage(c echo.Context, failed error) error {
	frame := s.PlainFrame(c, "Forgotten password")
	frame.Reader, frame.Nav, frame.Here = nil, nil, views.ForgotURL
	status, err := page.FormStatus(&frame, failed)
	if err != nil {
		return err
	}
	return page.Render(c, status, views.Forgot(views.ForgotPage{
		Frame: frame, Name: page.Field(c, "name"), Help: s.Help, Sent: c.QueryParams().Has("sent"), Recover: !s.Accounts.Settings().NoRecovery,
	}))
}
