package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/models"
	"latchkey/views"
)

func (s *Server) me(c echo.Context) error {
	s.refill(c)
	return s.mePage(c, http.StatusOK, nil)
}

func (s *Server) mePage(c echo.Context, status int, failed error) error {
	frame, err := s.frame(c, "me", "Your account")
	if err != nil {
		return err
	}
	if err := explain(&frame, failed); err != nil {
		return err
	}
	page, err := s.ownPage(c, frame)
	if err != nil {
		return err
	}
	if c.Request().PostForm.Has("locale") {
		page.Account.Locale = field(c, "locale")
	}
	return render(c, status, views.Me(page))
}

func (s *Server) ownPage(c echo.Context, frame views.Frame) (views.MePage, error) {
	ctx, account := c.Request().Context(), visitor(c).Account
	state := s.Accounts.State(account)
	page := views.MePage{
		Frame: frame, Account: account, Why: s.whyMe(frame, account), Next: s.next(frame, account, state),
		Rules: s.rulesInForce(frame, account), Locales: localeOptions(frame),
	}
	facts, err := s.ownFacts(ctx, frame, account)
	if err != nil {
		return page, err
	}
	page.Facts = facts
	sessions, err := s.Accounts.OwnSessions(ctx, actor(c))
	if err != nil {
		return page, err
	}
	page.Sessions = ownSessions(sessions, visitor(c).Session.ID)
	signIns, err := s.Accounts.OwnSignIns(ctx, actor(c))
	page.SignIns = ownEvents(frame, signIns)
	return page, err
}

// whyMe says how long one's own password holds.
func (s *Server) whyMe(frame views.Frame, account models.Account) string {
	expires, ok := s.Accounts.ExpiresAt(account)
	switch {
	case !ok:
		return frame.T("Your password does not expire.")
	case expires.After(frame.Now):
		return frame.T("Your password is valid until {{.Time}}.", "Time", frame.Day(expires))
	default:
		return frame.T("Your password has expired on {{.Time}}. At your next sign-in you choose a new one.", "Time", frame.Day(expires))
	}
}

// ownFacts are what one may know of one's own account.
func (s *Server) ownFacts(ctx context.Context, frame views.Frame, account models.Account) ([]views.Fact, error) {
	facts := []views.Fact{{Label: frame.T("E-mail"), Text: views.Isolate(account.Email)}}
	organization, err := s.organizationFact(ctx, frame, account)
	return append(append(facts, organization...), s.passwordFact(frame, account)), err
}

func (s *Server) editMe(c echo.Context) error {
	if err := s.Accounts.SetLocale(c.Request().Context(), actor(c), field(c, "locale")); err != nil {
		return s.mePage(c, refused, err)
	}
	return s.done(c, views.MeURL, s.words(c).T("Your language is saved."))
}

func (s *Server) endOwnSession(c echo.Context) error {
	if err := s.Accounts.EndOwnSession(c.Request().Context(), actor(c), c.Param("id")); err != nil {
		return err
	}
	if c.Param("id") == visitor(c).Session.ID {
		if err := dropCookie(c); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, views.SignInURL)
	}
	return s.done(c, views.MeURL, s.words(c).T("The session is ended."))
}

func (s *Server) endOtherSessions(c echo.Context) error {
	if err := s.Accounts.EndOtherSessions(c.Request().Context(), actor(c)); err != nil {
		return err
	}
	return s.done(c, views.MeURL, s.words(c).T("All your other sessions are ended."))
}
