package handlers

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
)

// Meter is told of requests, which figures are made of. Several call it at the same moment, and it has to return at once.
type Meter interface {
	RequestBegan()
	// RequestEnded hears what was asked for, by the pattern of the route and never the address, and what was answered;
	// status 0: nothing, since the client went away.
	RequestEnded(method, route string, status int, took time.Duration)
}

// What figures call all routes and methods that the site does not have: anybody can invent them.
const (
	unknownRoute = "unknown"
	otherMethod  = "other"
)

// measure tells the meter of every request.
func (s *Server) recordMetrics(next echo.HandlerFunc) echo.HandlerFunc {
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

// routeOf is the pattern of a request's route. Of an address that no route has the router may say what it found on its way.
func (s *Server) routeOf(c echo.Context) string {
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
