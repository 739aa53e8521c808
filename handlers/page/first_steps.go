package page

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// The cookie of browsers whose reader hid the first steps. It is no secret, and grants nothing.
const (
	firstStepsCookie = "first-steps"
	firstStepsHidden = "hidden"
	firstStepsLife   = 365 * 24 * time.Hour
)

// HideFirstSteps keeps the first steps off the browser's overview.
func (s *Kit) HideFirstSteps(c echo.Context) {
	c.SetCookie(&http.Cookie{ //nolint:gosec // secure wherever the base URL is https
		Name: firstStepsCookie, Value: firstStepsHidden, Path: "/", MaxAge: int(firstStepsLife.Seconds()),
		HttpOnly: true, Secure: s.sessions.secure, SameSite: http.SameSiteLaxMode,
	})
}

// FirstStepsHidden reports whether they were hidden in this browser.
func (s *Kit) FirstStepsHidden(c echo.Context) bool {
	return onlyCookie(c.Request(), firstStepsCookie) == firstStepsHidden
}
