package page

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// Metrics records requests for metrics. It is called concurrently and must not block.
type Metrics interface {
	RequestBegan()
	// RequestEnded is called with the pattern of the route, never the path. Status 0 means that the client disconnected.
	RequestEnded(method, route string, status int, took time.Duration)
}

// recordMetrics records every request.
func (s *Kit) recordMetrics(next echo.HandlerFunc) echo.HandlerFunc {
	if s.Metrics == nil {
		return next
	}
	return func(c echo.Context) error {
		start := s.Now()
		s.Metrics.RequestBegan()
		defer func() {
			status := 0
			if c.Response().Committed {
				status = c.Response().Status
			}
			s.Metrics.RequestEnded(methodOf(c), s.routeOf(c), status, s.Now().Sub(start))
		}()
		return next(c)
	}
}

// methodOf returns the method, or "other", since clients can send any.
func methodOf(c echo.Context) string {
	switch method := c.Request().Method; method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodDelete:
		return method
	default:
		return "other"
	}
}

// routeOf returns the pattern of a request's route, or "unknown": for unknown paths the router may return a partial match.
func (s *Kit) routeOf(c echo.Context) string {
	if s.patterns[c.Path()] {
		return c.Path()
	}
	return "unknown"
}
