package page

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
)

// Meter records requests for metrics. It is called concurrently and must not block.
type Meter interface {
	RequestBegan()
	// RequestEnded gets the pattern of the route, never the address; status 0 = the client went away.
	RequestEnded(method, route string, status int, took time.Duration)
}

// Labels of unknown routes and methods, which clients can invent.
const (
	unknownRoute = "unknown"
	otherMethod  = "other"
)

// recordMetrics records every request.
func (s *Kit) recordMetrics(next echo.HandlerFunc) echo.HandlerFunc {
	if s.Meter == nil {
		return next
	}
	return func(c echo.Context) error {
		start := s.Now()
		s.Meter.RequestBegan()
		defer func() {
			s.Meter.RequestEnded(methodOf(c), s.routeOf(c), answered(c), s.Now().Sub(start))
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

// routeOf is the pattern of a request's route. For unknown addresses the router may return a partial match.
func (s *Kit) routeOf(c echo.Context) string {
	if s.patterns[c.Path()] {
		return c.Path()
	}
	return unknownRoute
}

// answered is the status of the answer; 0: there was none.
func answered(c echo.Context) int {
	if !c.Response().Committed {
		return 0
	}
	return c.Response().Status
}
