package handlers

import (
	"bytes"
	"errors"
	"net/http"
	"slices"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/i18n"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// render buffers a page, so that a failure still gets its own status.
func render(c echo.Context, status int, page templ.Component) error {
	var buffer bytes.Buffer
	if err := page.Render(c.Request().Context(), &buffer); err != nil {
		return err
	}
	return c.HTMLBlob(status, buffer.Bytes())
}

// frame is the frame of a page, with flash message and counts.
func (s *Server) frame(c echo.Context, section, title string) (ui.Frame, error) {
	frame := s.plainFrame(c, title)
	frame.Section = section
	frame.Flash = s.takeFlash(c)
	return frame, s.countWaiting(c, &frame)
}

// countWaiting adds the counts to the navigation.
func (s *Server) countWaiting(c echo.Context, frame *ui.Frame) error {
	if len(frame.Nav) == 0 {
		return nil
	}
	counters, err := s.Accounts.Dashboard.Counters(c.Request().Context(), actor(c))
	setCounters(frame, counters)
	return err
}

// plainFrame is a frame that needs no database.
func (s *Server) plainFrame(c echo.Context, title string) ui.Frame {
	frame := ui.Frame{
		Printer:    words.Printer{Words: s.words(c), Zone: s.Zone, Now: s.Now(), Capturing: s.Capturing},
		Submission: s.Accounts.NewID(), CSS: s.Assets.URL("app.css"), JS: s.Assets.URL("app.js"),
	}
	frame.Title = frame.T(title)
	if who := visitor(c); who != nil {
		account := who.Account
		frame.Reader = &words.Reader{ID: account.ID, Name: account.Name, Kind: account.Kind, Pending: who.Pending != ""}
		frame.Nav = s.navigation(frame)
	}
	return frame
}

// setProblems shows what was wrong with a form. Other errors are returned.
func setProblems(frame *ui.Frame, failed error) error {
	if failed == nil {
		return nil
	}
	problems, ok := problemsOf(*frame, failed)
	if !ok {
		return failed
	}
	frame.Problems = problems
	return nil
}

// problemsOf translates the problems of a form; ok is false for other errors.
func problemsOf(frame ui.Frame, err error) (problems []ui.Problem, ok bool) {
	var invalid *core.ValidationError
	var refusal core.Refusal
	var tooSoon core.TooSoonError
	switch {
	case errors.As(err, &invalid):
		for _, field := range invalid.Fields {
			if field.Field == "submission" { // a hidden field
				field.Field = ""
			}
			problems = append(problems, fieldProblems(frame, field)...)
		}
		return problems, true
	case errors.As(err, &refusal):
		return []ui.Problem{{Text: frame.T(string(refusal))}}, true
	case errors.As(err, &tooSoon):
		return []ui.Problem{{Text: words.TooSoon(frame.Printer, tooSoon.From)}}, true
	default:
		return nil, false
	}
}

func fieldProblems(frame ui.Frame, field core.FieldError) (problems []ui.Problem) {
	for _, violation := range field.Broken {
		problems = append(problems, ui.Problem{Field: field.Field, Text: words.Broken(frame.Words, violation)})
	}
	if field.Message != "" {
		problems = append(problems, ui.Problem{Field: field.Field, Text: frame.T(field.Message, isolated(field.Args)...)})
	}
	return problems
}

// isolated marks the texts among the arguments of a message, which users typed.
func isolated(args []any) []any {
	marked := slices.Clone(args)
	for i, value := range marked {
		if text, ok := value.(string); ok && i%2 == 1 {
			marked[i] = words.Isolate(text)
		}
	}
	return marked
}

const unknownFilter = "Invalid filters were ignored."

// setQueryProblem shows an invalid filter and returns the page's status.
func setQueryProblem(frame *ui.Frame, wrong bool, message string) int {
	if !wrong {
		return http.StatusOK
	}
	frame.Problems, frame.BadQuery = []ui.Problem{{Text: frame.T(message)}}, true
	return http.StatusUnprocessableEntity
}

// done redirects after a successful form, with a message on the next page.
func (s *Server) done(c echo.Context, url, message string) error {
	s.flash(c, message)
	return c.Redirect(http.StatusSeeOther, url)
}

// words are in the visitor's language, or the browser's.
func (s *Server) words(c echo.Context) i18n.Words {
	locale := ""
	if who := visitor(c); who != nil {
		locale = who.Account.Locale
	}
	return s.Words.For(locale, c.Request().Header.Get("Accept-Language"))
}
