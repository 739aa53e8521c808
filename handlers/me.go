package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/views"
)

func (s *Server) me(c echo.Context) error { return s.mePage(c, http.StatusOK, nil) }

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
	return render(c, status, views.Me(page))
}

func (s *Server) ownPage(c echo.Context, frame views.Frame) (views.MePage, error) {
	ctx, who := c.Request().Context(), visitor(c)
	page := views.MePage{Frame: frame, Account: who.Account, Current: who.Session.ID, Locales: localeOptions(frame)}
	page.Age, page.Expiry = s.passwordAge(frame, who.Account), s.passwordExpiry(frame, who.Account)
	var err error
	if page.Organization, err = s.organizationName(ctx, who.Account); err != nil {
		return page, err
	}
	if page.Sessions, err = s.Accounts.OwnSessions(ctx, actor(c)); err != nil {
		return page, err
	}
	signIns, err := s.Accounts.OwnSignIns(ctx, actor(c))
	page.SignIns = ownEvents(frame, signIns)
	return page, err
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
