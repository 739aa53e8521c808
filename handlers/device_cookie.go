package handlers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
)

// The device cookie holds a token for each account that the browser has signed in to, the one signed in to last first. It
// opens nothing: it lets the account tell its owner from strangers, see accounts/devices.go.
const (
	maxDeviceTokens = 10 // the account that was signed in to least lately is left out beyond it
	tokenLength     = 43 // 256 bits in base64
)

// deviceTokens are the tokens in the request's device cookie, as far as they can be any. Of two cookies nobody knows which
// is ours.
func (s *Server) deviceTokens(r *http.Request) (tokens []string) {
	cookies := r.CookiesNamed(s.sessions.deviceCookie)
	if len(cookies) != 1 {
		return nil
	}
	for token := range strings.SplitSeq(cookies[0].Value, ".") {
		if len(token) == tokenLength && !slices.Contains(tokens, token) && len(tokens) < maxDeviceTokens {
			tokens = append(tokens, token)
		}
	}
	return tokens
}

// keepDevice lets the browser hold the token that it is known by, before the others; "" = none.
func (s *Server) keepDevice(c echo.Context, token string) {
	if token == "" {
		return
	}
	others := slices.DeleteFunc(s.deviceTokens(c.Request()), func(other string) bool { return other == token })
	tokens := append([]string{token}, others...)
	c.SetCookie(&http.Cookie{ //nolint:gosec // secure wherever the base URL is https
		Name: s.sessions.deviceCookie, Value: strings.Join(tokens[:min(len(tokens), maxDeviceTokens)], "."),
		Path: "/", MaxAge: int(accounts.DeviceLife.Seconds()), HttpOnly: true, Secure: s.sessions.secure, SameSite: http.SameSiteLaxMode,
	})
}
