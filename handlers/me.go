package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"

	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

func (s *App) me(c echo.Context) error {
	s.RestoreForm(c)
	return s.mePage(c, http.StatusOK, nil)
}

func (s *App) mePage(c echo.Context, status int, failed error) error {
	frame, err := s.Frame(c, "me", "Your account")
	if err != nil {
		return err
	}
	if err := page.SetProblems(&frame, failed); err != nil {
		return err
	}
	view, err := s.mePageOf(c, frame)
	if err != nil {
		return err
	}
	if c.Request().PostForm.Has("locale") {
		view.Account.Locale = page.Field(c, "locale")
	}
	return page.Render(c, status, views.Me(view))
}

func (s *App) mePageOf(c echo.Context, frame ui.Frame) (views.MePage, error) {
	ctx, account, current, p := c.Request().Context(), page.Visitor(c).Account, page.Visitor(c).Session.ID, frame.Printer
	described := s.describe(c, account)
	view := views.MePage{
		Frame: frame, Account: account, Why: words.WhyOwn(p, described), Next: words.Next(p, described), Rules: words.RulesInForce(p, described),
		Locales: localeOptions(frame),
	}
	facts, err := s.appendOrganization(ctx, frame, account, []words.Fact{words.EmailFact(p, account)})
	if err != nil {
		return view, err
	}
	view.Facts = append(facts, words.PasswordFact(p, account))
	sessions, err := s.Accounts.Sessions.Own(ctx, page.Actor(c))
	if err != nil {
		return view, err
	}
	for _, session := range sessions {
		view.Sessions = append(view.Sessions, views.Session{Session: session, Current: session.ID == current, EndURL: views.EndSessionURL(session.ID)})
	}
	signIns, err := s.Accounts.Dashboard.OwnSignIns(ctx, page.Actor(c))
	view.SignIns = words.OwnTimeline(p, signIns.Events, signIns.Cut)
	return view, err
}

func (s *App) editMe(c echo.Context) error {
	if err := s.Accounts.SetLocale(c.Request().Context(), page.Actor(c), page.Field(c, "locale")); err != nil {
		return s.mePage(c, http.StatusUnprocessableEntity, err)
	}
	return s.Done(c, views.MeURL, s.WordsFor(c).T("Language saved."))
}

func (s *App) endOwnSession(c echo.Context) error {
	if err := s.Accounts.Sessions.EndOwn(c.Request().Context(), page.Actor(c), c.Param("id")); err != nil {
		return err
	}
	if c.Param("id") == page.Visitor(c).Session.ID {
		if err := page.DropCookie(c); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, views.SignInURL)
	}
	return s.Done(c, views.MeURL, s.WordsFor(c).T("Session ended."))
}

func (s *App) endOtherSessions(c echo.Context) error {
	if err := s.Accounts.Sessions.EndOthers(c.Request().Context(), page.Actor(c)); err != nil {
		return err
	}
	return s.Done(c, views.MeURL, s.WordsFor(c).T("Your other sessions have been ended."))
}
