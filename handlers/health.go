package handlers

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/i18n"
	"latchkey/views"
)

func (s *Server) alive(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyTimeout is how long a database may take to show that it is there.
const readyTimeout = 3 * time.Second

// ready tells whether the database can be reached and is migrated.
func (s *Server) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), s.ReadyTimeout)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.Log.Error("not ready", "error", err)
		return c.String(http.StatusServiceUnavailable, "the database is not ready\n")
	}
	return c.String(http.StatusOK, "ready\n"+s.readyBut())
}

// readyBut says what is not as an operator wants it, though requests are answered. Anybody may read it.
func (s *Server) readyBut() string {
	if s.InForce.Refused() == nil {
		return ""
	}
	return "a newer password policy is refused, the one before is in force\n"
}

func (s *Server) wellKnownChangePassword(c echo.Context) error {
	return c.Redirect(http.StatusSeeOther, views.PasswordURL)
}

// securityTxtLife is how long a copy of security.txt may be relied on; RFC 9116, section 2.5.5, recommends less than a year.
const securityTxtLife = 180 * 24 * time.Hour

// securityTxt says where to report vulnerabilities (RFC 9116), if the operator has set a contact.
func (s *Server) securityTxt(c echo.Context) error {
	if s.SecurityContact == "" {
		return echo.ErrNotFound
	}
	expires := s.Now().UTC().Add(securityTxtLife).Truncate(24 * time.Hour).Format(time.RFC3339)
	return c.String(http.StatusOK, fmt.Sprintf("Contact: %s\nExpires: %s\nPreferred-Languages: %s\nCanonical: %s%s\n",
		s.SecurityContact, expires, strings.Join(i18n.Locales, ", "), s.BaseURL, c.Path()))
}

// asset serves a file whose name says what is in it, so that it may be kept for ever.
func (s *Server) asset(c echo.Context) error {
	asset, ok := s.Assets.Find(c.Param("name"))
	if !ok {
		return echo.ErrNotFound
	}
	header := c.Response().Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Vary", "Accept-Encoding")
	if !acceptsGzip(c.Request()) {
		return c.Blob(http.StatusOK, asset.Type, asset.Plain)
	}
	header.Set("Content-Encoding", "gzip")
	return c.Blob(http.StatusOK, asset.Type, asset.Gzipped)
}
