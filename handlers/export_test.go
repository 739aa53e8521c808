package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"
)

// WithForgotten returns the site with one more route, whose access is missing.
func WithForgotten(o Options, path string, do http.HandlerFunc) http.Handler {
	s := New(o)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		s.Add(page.Route{Method: method, Path: path, Do: echo.WrapHandler(do)})
	}
	return s
}

// WithError returns the site with one more route, which fails with err.
func WithError(o Options, path string, err error) http.Handler {
	s := New(o)
	s.Add(page.Get(path, page.WithoutSession, func(echo.Context) error { return err }))
	return s
}
