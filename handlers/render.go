package handlers

import (
	"bytes"
	"net/http"

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
	if statusOf(failed) != http.StatusUnprocessableEntity {
		return failed
	}
	frame.Problems = problemsOf(*frame, failed)
	return nil
}

// problemsOf explains what was wrong with a form.
func problemsOf(frame ui.Frame, err error) (problems []ui.Problem) {
	for _, wrong := range core.Describe(err) {
		if wrong.Field == "submission" { // a hidden field
			wrong.Field = ""
		}
		problems = append(problems, ui.Problem{Field: wrong.Field, Text: words.Error(frame.Printer, wrong)})
	}
	return problems
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
