package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// minGzipSize is the number of bytes from which packing a page pays.
const minGzipSize = 1024

// compress packs pages for browsers that take them packed: a list of accounts becomes a tenth.
func compress() echo.MiddlewareFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{Skipper: skipCompression, MinLength: minGzipSize})
}

// skipCompression tells whether an answer goes out as it is. The length of a packed page tells who listens on the line whether
// words of the request's also stand in the page (BREACH), so neither of these is packed:
//   - what answers a form: there a password may stand, and it shows again what was sent;
//   - what another site's page asks for, which could try word after word in the address.
//
// Files are packed already.
func skipCompression(c echo.Context) bool {
	r := c.Request()
	switch r.Header.Get("Sec-Fetch-Site") {
	case "cross-site", "same-site":
		return true
	}
	return r.Method == http.MethodPost || c.Path() == "/static/:name" || !acceptsGzip(r)
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			return !isZero(quality)
		}
	}
	return false
}

// isZero knows the weight by which a client refuses a coding (RFC 9110 §12.4.2).
func isZero(quality string) bool {
	number, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(quality)), "q=")
	return ok && strings.Trim(number, "0.") == ""
}
