package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"
)

// setPreferences takes the switches of every page. The language of a signed-in account is its own, as on its page.
func (s *App) setPreferences(c echo.Context) error {
	form := c.Request().PostForm
	if form.Has("theme") {
		if err := s.SetTheme(c, page.Field(c, "theme")); err != nil {
			return err
		}
	}
	if form.Has("locale") {
		locale := page.Field(c, "locale")
		if err := s.SetLanguage(c, locale); err != nil {
			return err
		}
		if who := page.Visitor(c); who != nil && s.PassedGates(c) {
			if err := s.Accounts.SetLocale(c.Request().Context(), page.Actor(c), locale); err != nil {
				return err
			}
		}
	}
	return c.Redirect(http.StatusSeeOther, page.SamePage(page.Field(c, "next")))
}
