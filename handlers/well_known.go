package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/i18n"
	"latchkey/views"
)

func (s *App) wellKnownChangePassword(c echo.Context) error {
	return c.Redirect(http.StatusSeeOther, views.PasswordURL)
}

// securityTxtLife is the validity of security.txt; RFC 9116, section 2.5.5, recommends less than a year.
const securityTxtLife = 180 * 24 * time.Hour

// securityTxt is the contact for vulnerability reports (RFC 9116), if there is one.
func (s *App) securityTxt(c echo.Context) error {
	if s.SecurityContact == "" {
		return echo.ErrNotFound
	}
	expires := s.Now().UTC().Add(securityTxtLife).Truncate(24 * time.Hour).Format(time.RFC3339)
	return c.String(http.StatusOK, fmt.Sprintf("Contact: %s\nExpires: %s\nPreferred-Languages: %s\nCanonical: %s%s\n",
		s.SecurityContact, expires, strings.Join(i18n.Locales, ", "), s.BaseURL, c.Path()))
}
