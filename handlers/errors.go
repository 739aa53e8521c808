package handlers

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
)

// errorText is the text of an error page: what happened, and what to do.
type errorText struct{ title, text string }

var errorPages = map[int]errorText{
	http.StatusBadRequest:            {"Invalid request", "Nothing was changed. Go back and try again."},
	http.StatusUnauthorized:          {"You are not signed in", "Your session has ended, so nothing was changed. Sign in and send the form again."},
	http.StatusForbidden:             {"You don't have access to this page", "Your account is not allowed to do this, or the request came from another site. Nothing was changed."},
	http.StatusNotFound:              {"Page not found", "It may have been deleted, or you may not have access."},
	http.StatusMethodNotAllowed:      {"Not possible here", "Open the page and use its form."},
	http.StatusRequestEntityTooLarge: {"Too large", "Nothing was changed. Shorten your entry and send it again."},
	http.StatusRequestURITooLong:     {"Link too long", "Shorten the search, or start again from the list."},
	http.StatusUnsupportedMediaType:  {"Invalid request", "Nothing was changed. Send an ordinary form."},
	http.StatusUnprocessableEntity:   {"Not possible", ""},
	http.StatusTooManyRequests:       {"Too many attempts", "Too many attempts from your network failed. Nothing was changed; try again in a minute."},
	http.StatusServiceUnavailable:    {"Latchkey is busy", "Try again in a few seconds. If you sent a form, check first whether it took effect."},
	http.StatusInternalServerError:   {"Something went wrong", "Try again; if you sent a form, check first whether it took effect. If it happens again, give your operator the request ID below."},
}

// answerError turns every error into an answer. Internal texts go to the log only.
func (s *Server) answerError(err error, c echo.Context) {
	if c.Response().Committed || errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		return
	}
	status := statusOf(err)
	s.logError(c, status, err)
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		c.Response().Header().Set("Retry-After", retryAfter(err))
	}
	s.loadVisitorForError(c, status)
	s.recordRefusal(c, err)
	if err := s.writeError(c, status, err); err != nil {
		s.Log.Error("writing an error page failed", "error", err)
		c.Response().WriteHeader(http.StatusInternalServerError)
	}
}

// loadVisitorForError loads the visitor if no route did, so that a 404 page has the visitor's own frame.
func (s *Server) loadVisitorForError(c echo.Context, status int) {
	if session(c) != nil || status >= http.StatusInternalServerError || status == http.StatusMisdirectedRequest || !s.Accounts.MayEnterFrom(c.RealIP()) {
		return
	}
	if err := s.loadVisitor(c); err != nil {
		s.Log.Warn("loading the visitor for an error page failed", "error", err)
	}
}

func statusOf(err error) int {
	var asHTTP *echo.HTTPError
	var refusal core.Refusal
	var invalid *core.ValidationError
	var busy core.BusyError
	var tooMany core.TooManyError
	var tooSoon core.TooSoonError
	switch {
	case errors.As(err, &asHTTP):
		return asHTTP.Code
	case errors.As(err, &tooMany):
		return http.StatusTooManyRequests
	case errors.Is(err, core.ErrSignedOut):
		return http.StatusUnauthorized
	case errors.Is(err, core.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, core.ErrForbidden), errors.Is(err, core.ErrForged), errors.Is(err, core.ErrPasswordFirst),
		errors.Is(err, core.ErrAddress), errors.Is(err, core.ErrOwnAccount):
		return http.StatusForbidden
	case errors.As(err, &refusal), errors.As(err, &invalid), errors.As(err, &tooSoon):
		return http.StatusUnprocessableEntity
	case errors.As(err, &busy), errors.Is(err, errStillRunning), models.Unavailable(err):
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// retryAfter is how many seconds to wait before the next try, at least one.
func retryAfter(err error) string {
	var busy core.BusyError
	var tooMany core.TooManyError
	pause := 2 * time.Second
	switch {
	case errors.As(err, &busy):
		pause = busy.RetryAfter
	case errors.As(err, &tooMany):
		pause = tooMany.RetryAfter
	}
	return strconv.Itoa(max(1, int(math.Ceil(pause.Seconds()))))
}

func (s *Server) logError(c echo.Context, status int, err error) {
	if errors.As(err, new(core.BusyError)) {
		s.busy.note()
		return
	}
	if status >= http.StatusInternalServerError {
		s.Log.Error("request failed", "status", status, "path", c.Request().URL.Path, "id", requestID(c), "error", err)
	}
}

// writeError also answers requests that were cut off: a page is not rendered if its context is cancelled, and half a form
// would become a 500.
func (s *Server) writeError(c echo.Context, status int, err error) error {
	c.SetRequest(c.Request().WithContext(context.WithoutCancel(c.Request().Context())))
	if wantsJSON(c) {
		return c.JSON(status, map[string]string{"error": http.StatusText(status), "request": requestID(c)})
	}
	if status == http.StatusMisdirectedRequest {
		return render(c, status, views.Misdirected(s.misdirected(c)))
	}
	page := errorPage(s.plainFrame(c, ""), status, err)
	page.RequestID = requestID(c)
	return render(c, status, views.Error(page))
}

func errorPage(frame ui.Frame, status int, failed error) views.ErrorPage {
	words, ok := errorPages[status]
	if !ok {
		words = errorPages[http.StatusInternalServerError]
	}
	frame.Title = frame.T(words.title)
	text := frame.T(words.text)
	back := views.HomeURL
	if errors.Is(failed, core.ErrAddress) {
		back = "" // every page gives the same answer
		text = frame.T("This is allowed from certain networks only. Use your organization's network or ask your operator.")
	}
	if errors.Is(failed, core.ErrPasswordFirst) {
		text = frame.T("Nothing was changed. Choose a new password first.")
	}
	if scheme := (schemeMismatchError{}); errors.As(failed, &scheme) && strings.HasPrefix(scheme.address, "https:") {
		text, back = frame.T("You opened this page over http, so nothing was changed. Open {{.Address}} and try again.", "Address", scheme.address), scheme.address
	}
	if errors.As(failed, new(core.BusyError)) {
		text = frame.T("Nothing was changed. Try again in a few seconds.")
	}
	if errors.Is(failed, errStillRunning) {
		text = frame.T("This form was already sent and is still being processed. Check the result before you send it again.")
	}
	if problems, ok := problemsOf(frame, failed); ok {
		text = problems[0].Text
	}
	return views.ErrorPage{Frame: frame, Status: status, Text: text, Back: back}
}
