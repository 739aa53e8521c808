package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

func (s *App) alive(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyTimeout is the default time limit for checking the database.
const readyTimeout = 3 * time.Second

// ready reports whether the database is reachable and migrated.
func (s *App) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), s.ReadyTimeout)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.Log.Error("not ready", "error", err)
		return c.String(http.StatusServiceUnavailable, "the database is not ready\n")
	}
	answer := "ready\n"
	if s.Accounts.Policies.Refused() != nil { // the program can still serve; the answer is public
		answer += "a newer password policy is refused, the one before is in force\n"
	}
	return c.String(http.StatusOK, answer)
}
