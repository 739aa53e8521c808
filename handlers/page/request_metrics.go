package page

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
)

// Metrics records requests for metrics. It is called concurrently and must not block.
type Metrics interface {
	RequestBegan()
	// RequestEnded is called with the pattern of the route, never the path. Status 0 means that the client disconnected.
	RequestEnded(method, route string, status int, took time.Duration)
}

// The labels of unknown routes and methods, since clients can send any.
const (
	unknownRoute = "unknown"
	otherMethod  = "other"
)

// recordMetrics records every request.
func (s *Kit) recordMetrics(next echo.HandlerFunc) echo.HandlerFunc {
	if s.Metrics == nil {
		return next
	}
	return func(c echo.Context) error {
		start := s.Now()
		s.Metrics.RequestBegan()
		defer func() {
			s.Metrics.RequestEnded(methodOf(c), s.routeOf(c), answered(c), s.Now().Sub(start))
		}()
		return next(c)
	}
}

func methodOf(c echo.Context) string {
	method := c.Request().Method
	if slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost}, method) {
		return method
	}
	return otherMethod
}

// routeOf returns the pattern of a request's route. For unknown paths the router may return a partial match.
func (s *Kit) routeOf(c echo.Context) string {
	if s.patterns[c.Path()] {
		return c.Path()
	}
	return unknownRoute
}

// answered returns the status of the answer, or 0 if there was none.
func answered(c echo.Context) int {
	if !c.Response().Committed {
		return 0
	}
	return c.Response().Status
}
