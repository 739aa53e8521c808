package page

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
)

// csrfProtection refuses cross-site requests (CSRF).
func (s *Kit) csrfProtection() echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	// The base URL is parsed and has an origin, so this cannot fail.
	_ = protection.AddTrustedOrigin(s.BaseURL.Scheme + "://" + s.BaseURL.Host)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			err := protection.Check(c.Request())
			if err == nil && !s.sameScheme(c.Request()) {
				err = schemeMismatchError{s.BaseURL.String()}
			}
			if err != nil {
				return fmt.Errorf("%w: %w", core.ErrForged, err)
			}
			return next(c)
		}
	}
}

// sameScheme compares the scheme of the Origin header, which CrossOriginProtection does not: a page sent over http can be forged in
// transit, and must not send forms to a site served over https. Browsers that send Sec-Fetch-Site have already compared it.
func (s *Kit) sameScheme(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if r.Method == http.MethodGet || r.Method == http.MethodHead || origin == "" || r.Header.Get("Sec-Fetch-Site") != "" {
		return true
	}
	parsed, err := url.Parse(origin)
	return err == nil && parsed.Scheme == s.BaseURL.Scheme
}
