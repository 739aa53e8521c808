package page

import (
	"compress/gzip"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// minGzipSize is the smallest response in bytes for which compression pays off.
const minGzipSize = 1024

// compress gzips pages at the highest speed. The usual level took a third of the time of a list of accounts.
func compress() echo.MiddlewareFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{Skipper: skipCompression, MinLength: minGzipSize, Level: gzip.BestSpeed})
}

// skipCompression excludes responses that reflect request data next to secrets (BREACH): answers to forms, and requests from
// other sites' pages, which could guess by the address. Static files are compressed already.
func skipCompression(c echo.Context) bool {
	r := c.Request()
	switch r.Header.Get("Sec-Fetch-Site") {
	case "cross-site", "same-site":
		return true
	}
	return r.Method == http.MethodPost || c.Path() == "/static/:name" || !AcceptsGzip(r)
}

// AcceptsGzip reports whether the client accepts gzip.
func AcceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			return !isZero(quality)
		}
	}
	return false
}

// isZero reports whether a weight is 0, which refuses a coding (RFC 9110 §12.4.2).
func isZero(quality string) bool {
	number, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(quality)), "q=")
	return ok && strings.Trim(number, "0.") == ""
}
