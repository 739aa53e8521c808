package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/views"
	"latchkey/views/words"
)

// showSetup exists only as long as there is no SuperAdmin, and only for who has the token.
func (s *Server) showSetup(c echo.Context) error {
	token := c.QueryParam("token")
	if err := s.Accounts.CheckSetup(c.Request().Context(), token, c.RealIP()); err != nil {
		return err
	}
	return s.setupPage(c, http.StatusOK, accounts.SetUp{Token: token}, nil)
}

func (s *Server) setUp(c echo.Context) error {
	input := accounts.SetUp{
		Token: field(c, "token"), Name: field(c, "name"), Email: field(c, "email"),
		Password: field(c, "password"), Confirmation: field(c, "confirmation"),
	}
	in, err := s.Accounts.SetUp(c.Request().Context(), input, visit(c))
	if err != nil {
		return s.setupPage(c, http.StatusUnprocessableEntity, input, err)
	}
	welcome := map[string]string{flashKey: s.words(c).T("Latchkey is set up, and you are signed in.")}
	s.startSession(c, in, welcome)
	return c.Redirect(http.StatusSeeOther, home(in.Account.Kind))
}

func (s *Server) setupPage(c echo.Context, status int, input accounts.SetUp, failed error) error {
	frame := s.plainFrame(c, "Set up Latchkey")
	if err := setProblems(&frame, failed); err != nil {
		return err
	}
	return render(c, status, views.Setup(views.SetupPage{
		Frame: frame, Secure: s.securePage(c), Token: input.Token, Name: input.Name, Email: input.Email,
		Policy: words.FirstPolicy(frame.Words, s.Accounts.Policies().For(false, true)),
	}))
}
