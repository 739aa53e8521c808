package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// WithForgotten is the site with one more route, of which nobody said who may use it. What answers there is do.
func WithForgotten(o Options, path string, do http.HandlerFunc) http.Handler {
	pages := New(o).(*echo.Echo)
	s := &Server{Options: o, echo: pages, sessions: newSessionStore(o.Accounts, o.BaseURL.Scheme == "https")}
	for _, method := range []string{get, http.MethodHead, post} {
		pages.Add(method, path, s.guard(route{method: method, path: path, do: echo.WrapHandler(do)}))
	}
	return pages
}
