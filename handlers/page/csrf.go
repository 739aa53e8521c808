package page

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
)

// schemeMismatchError refuses a form from a page under the base URL's host that was opened over http, though the base URL is https.
type schemeMismatchError struct{ address string }

func (e schemeMismatchError) Error() string { return "the origin has another scheme than " + e.address }

// refuseForged refuses cross-site requests (CSRF). It also compares the scheme of the Origin header, which CrossOriginProtection does
// not: a page sent over http can be forged in transit, and must not send forms to a site served over https. Browsers that send
// Sec-Fetch-Site have already compared it. The API uses no cookies.
func (s *Kit) refuseForged(c echo.Context) error {
	r := c.Request()
	if isAPI(r) {
		return nil
	}
	if err := s.crossOrigin.Check(r); err != nil {
		return fmt.Errorf("%w: %w", core.ErrForged, err)
	}
	origin := r.Header.Get("Origin")
	if r.Method == http.MethodGet || r.Method == http.MethodHead || origin == "" || r.Header.Get("Sec-Fetch-Site") != "" {
		return nil
	}
	if parsed, err := url.Parse(origin); err != nil || parsed.Scheme != s.BaseURL.Scheme {
		return fmt.Errorf("%w: %w", core.ErrForged, schemeMismatchError{s.BaseURL.String()})
	}
	return nil
}
