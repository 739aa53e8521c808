package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

func (s *Server) me(c echo.Context) error {
	s.restoreForm(c)
	return s.mePage(c, http.StatusOK, nil)
}

func (s *Server) mePage(c echo.Context, status int, failed error) error {
	frame, err := s.frame(c, "me", "Your account")
	if err != nil {
		return err
	}
	if err := setProblems(&frame, failed); err != nil {
		return err
	}
	page, err := s.mePageOf(c, frame)
	if err != nil {
		return err
	}
	if c.Request().PostForm.Has("locale") {
		page.Account.Locale = field(c, "locale")
	}
	return render(c, status, views.Me(page))
}

func (s *Server) mePageOf(c echo.Context, frame ui.Frame) (views.MePage, error) {
	ctx, account, current, p := c.Request().Context(), visitor(c).Account, visitor(c).Session.ID, frame.Printer
	described := s.describe(account)
	page := views.MePage{
		Frame: frame, Account: account, Why: words.WhyOwn(p, described), Next: words.Next(p, described), Rules: words.RulesInForce(p, described),
		Locales: localeOptions(frame),
	}
	facts, err := s.appendOrganization(ctx, frame, account, []words.Fact{words.EmailFact(p, account)})
	if err != nil {
		return page, err
	}
	page.Facts = append(facts, words.PasswordFact(p, account))
	sessions, err := s.Accounts.OwnSessions(ctx, actor(c))
	if err != nil {
		return page, err
	}
	for _, session := range sessions {
		page.Sessions = append(page.Sessions, views.Session{Session: session, Current: session.ID == current, EndURL: views.EndSessionURL(session.ID)})
	}
	signIns, err := s.Accounts.Dashboard.OwnSignIns(ctx, actor(c))
	page.SignIns = words.OwnTimeline(p, signIns.Events, signIns.Cut)
	return page, err
}

func (s *Server) editMe(c echo.Context) error {
	if err := s.Accounts.SetLocale(c.Request().Context(), actor(c), field(c, "locale")); err != nil {
		return s.mePage(c, http.StatusUnprocessableEntity, err)
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
