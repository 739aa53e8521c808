package page

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// The device cookie holds a token for each account that the browser has signed in to, the latest first. It grants no access, but
// marks the browser as trusted; see accounts/lockout/devices.go.
const (
	maxDeviceTokens = 10 // beyond it the oldest is dropped
	tokenLength     = 43 // 256 bits in base64
)

// deviceTokens returns the well-formed tokens in the device cookie.
func (s *Kit) deviceTokens(r *http.Request) (tokens []string) {
	for token := range strings.SplitSeq(onlyCookie(r, s.sessions.deviceCookie), ".") {
		if len(token) == tokenLength && !slices.Contains(tokens, token) && len(tokens) < maxDeviceTokens {
			tokens = append(tokens, token)
		}
	}
	return tokens
}

// KeepDevice puts the browser's token first in its cookie; "" = none.
func (s *Kit) KeepDevice(c echo.Context, token string) {
	if token == "" {
		return
	}
	others := slices.DeleteFunc(s.deviceTokens(c.Request()), func(other string) bool { return other == token })
	tokens := append([]string{token}, others...)
	c.SetCookie(&http.Cookie{ //nolint:gosec // secure wherever the base URL is https
		Name: s.sessions.deviceCookie, Value: strings.Join(tokens[:min(len(tokens), maxDeviceTokens)], "."),
		Path: "/", MaxAge: int(s.Accounts.Settings().DeviceLife.Seconds()), HttpOnly: true, Secure: s.sessions.secure, SameSite: http.SameSiteLaxMode,
	})
}
