package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// WithForgotten is the site with one more route, of which nobody said who may use it. What answers there is do.
func WithForgotten(o Options, path string, do http.HandlerFunc) http.Handler {
	s := New(o).(*App).server()
	for _, method := range []string{get, http.MethodHead, post} {
		s.echo.Add(method, path, s.guard(route{method: method, path: path, do: echo.WrapHandler(do)}))
	}
	return s.echo
}

// WithError is the site with one more route, which fails with err.
func WithError(o Options, path string, err error) http.Handler {
	s := New(o).(*App).server()
	s.echo.Add(get, path, s.guard(route{method: get, path: path, who: withoutSession, do: func(echo.Context) error { return err }}))
	return s.echo
}

// MemoryAnswers are those of forms that anyone may send, and MaxMemoryAnswers is how many are kept.
type MemoryAnswers = memoryAnswers

// NewMemoryAnswers keeps none yet.
func NewMemoryAnswers(now func() time.Time) *MemoryAnswers {
	return &memoryAnswers{now: now, byID: map[string]memoryAnswer{}}
}

const MaxMemoryAnswers, MaxMemoryAnswerBytes = maxMemoryAnswers, maxMemoryAnswerBytes
