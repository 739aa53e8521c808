package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"
	"latchkey/views"
	"latchkey/views/words"
)

func (s *App) me(c echo.Context) error {
	s.RestoreForm(c)
	return s.mePage(c, nil)
}

func (s *App) mePage(c echo.Context, failed error) error {
	ctx, who := c.Request().Context(), page.Visitor(c)
	frame, status, err := s.FormFrame(c, "me", "Your account", failed)
	if err != nil {
		return err
	}
	organization, err := s.organizationOf(ctx, who.Account)
	if err != nil {
		return err
	}
	sessions, err := s.Accounts.Sessions.Own(ctx, page.Actor(c))
	if err != nil {
		return err
	}
	signIns, err := s.Accounts.Dashboard.OwnSignIns(ctx, page.Actor(c))
	if err != nil {
		return err
	}
	p, account := frame.Printer, s.describe(c, who.Account)
	view := views.MePage{
		Frame: frame, Account: who.Account, Why: words.WhyOwn(p, account), Next: words.Next(p, account), Rules: words.OwnRules(p, account),
		Deletes: !s.Accounts.Settings().NoDeleteOwn,
		Locales: localeOptions(frame), Facts: words.OwnFacts(p, who.Account, organization), SignIns: words.OwnTimeline(p, signIns.Events, signIns.Cut),
	}
	if c.Request().PostForm.Has("locale") {
		view.Account.Locale = page.Field(c, "locale")
	}
	for _, session := range sessions {
		shown := views.Session{Session: session, Current: session.ID == who.Session.ID}
		if frame.Person == "" {
			shown.EndURL = views.EndSessionURL(session.ID)
		}
		view.Sessions = append(view.Sessions, shown)
	}
	return page.Render(c, status, views.Me(view))
}

func (s *App) editMe(c echo.Context) error {
	if err := s.Accounts.SetLocale(c.Request().Context(), page.Actor(c), page.Field(c, "locale")); err != nil {
		return s.mePage(c, err)
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
