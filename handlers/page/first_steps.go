package page

import "github.com/labstack/echo/v4"

// The cookie of browsers whose reader hid the first steps. It is no secret, and grants nothing.
const (
	firstStepsCookie = "first-steps"
	firstStepsHidden = "hidden"
)

// HideFirstSteps keeps the first steps off the browser's overview.
func (s *Kit) HideFirstSteps(c echo.Context) { s.setPreference(c, firstStepsCookie, firstStepsHidden) }

// FirstStepsHidden reports whether they were hidden in this browser.
func (s *Kit) FirstStepsHidden(c echo.Context) bool {
	return onlyCookie(c.Request(), firstStepsCookie) == firstStepsHidden
}
