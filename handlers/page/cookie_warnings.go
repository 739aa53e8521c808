package page

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/views"
)

// A session needs its cookie, which is Secure if the base URL is https. Without a warning, a browser that opens such a site over
// http or rejects cookies would only see an empty sign-in form after each sign-in.

// SecurePage returns the https address of the request's page if it was opened over http although the base URL is https, or else "".
func (s *Kit) SecurePage(c echo.Context) string {
	if s.BaseURL.Scheme != "https" || s.cameOverHTTPS(c.Request()) {
		return ""
	}
	if path := c.Path(); path == views.SetupURL || path == views.SignInURL {
		return views.Query(s.BaseURL.JoinPath(path).String(), c.QueryParams())
	}
	return s.BaseURL.JoinPath(views.SignInURL).String() // in place of another page, or of a form
}

// cameOverHTTPS reports whether the client's own connection is encrypted: by the header of a trusted proxy or, for proxies that
// send none, by headers that browsers send only over https and to loopback.
func (s *Kit) cameOverHTTPS(r *http.Request) bool {
	if r.TLS != nil || r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Sec-Fetch-Mode") != "" || strings.HasPrefix(r.Header.Get("Origin"), "https://") {
		return true
	}
	peer, ok := peerOf(r)
	nearest, _, _ := strings.Cut(r.Header.Get(echo.HeaderXForwardedProto), ",") // to the client
	return ok && core.Networks(s.TrustedProxies).Contain(peer) && strings.EqualFold(strings.TrimSpace(nearest), "https")
}

// rejectsCookies reports whether a request without a session directly follows a sign-in, according to its Referer: the browser did
// not keep the cookie. Links on those pages send no Referer.
func (s *Kit) rejectsCookies(r *http.Request) bool {
	from, err := url.Parse(r.Referer())
	return err == nil && strings.EqualFold(from.Host, r.Host) && (from.Path == views.SignInURL || from.Path == views.SetupURL) &&
		len(r.CookiesNamed(s.sessions.cookie)) == 0
}
