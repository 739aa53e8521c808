package page

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/dashboard"
	"latchkey/i18n"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// Render buffers a page before writing it, so that a failure can still change the status.
func Render(c echo.Context, status int, content templ.Component) error {
	var buffer bytes.Buffer
	if err := content.Render(c.Request().Context(), &buffer); err != nil {
		return err
	}
	return c.HTMLBlob(status, buffer.Bytes())
}

// Frame returns the frame of a page, with messages and counts.
func (s *Kit) Frame(c echo.Context, section string, title i18n.Msg) (ui.Frame, error) {
	frame := s.PlainFrame(c, title)
	frame.Section = section
	s.takeMessages(c, &frame)
	err := s.ReadFrame(c, &frame)
	return frame, err
}

// FrameShownOnce is [Kit.Frame] for a page with a secret that is in force and shown once: a failure to read the frame is only logged, so that
// it does not hide the page.
func (s *Kit) FrameShownOnce(c echo.Context, section string, title i18n.Msg) ui.Frame {
	frame := s.PlainFrame(c, title)
	frame.Section = section
	s.tryFrame(c, &frame)
	return frame
}

// tryFrame is [Kit.ReadFrame] for a page that is shown even if that fails, which is logged.
func (s *Kit) tryFrame(c echo.Context, frame *ui.Frame) {
	err := s.ReadFrame(c, frame)
	if err == nil && frame.Waiting != nil {
		_, err = s.Counts(c)
	}
	if err != nil {
		s.Log.Warn("reading the frame of a page failed", "error", err)
		frame.Waiting = nil
	}
}

// ReadFrame adds to a frame what the database knows: emergency access to the visitor's account, and the counts in the navigation.
func (s *Kit) ReadFrame(c echo.Context, frame *ui.Frame) error {
	if who := Visitor(c); who != nil && frame.Reader != nil && !who.Session.NeedsFactor && frame.Person == "" {
		active, err := s.Accounts.Emergency.Active(c.Request().Context(), who.Account)
		if err != nil {
			return err
		}
		frame.Emergency = active
	}
	if len(frame.Nav) == 0 {
		return nil
	}
	ShowCounts(frame, s.counts(c))
	return nil
}

const countsKey = "counts"

// counts counts the accounts that the actor may see, in the background: the page reads what else it shows meanwhile. A request counts once, so that
// the navigation and the page agree.
func (s *Kit) counts(c echo.Context) (counted func() (dashboard.Counts, error)) {
	if counted, begun := c.Get(countsKey).(func() (dashboard.Counts, error)); begun {
		return counted
	}
	who := Actor(c)
	counted = core.Start(c.Request().Context(), func(ctx context.Context) (dashboard.Counts, error) {
		return s.Accounts.Dashboard.Counts(ctx, who)
	})
	c.Set(countsKey, counted)
	return counted
}

// Counts returns how many accounts the actor may see.
func (s *Kit) Counts(c echo.Context) (dashboard.Counts, error) { return s.counts(c)() }

// KeepCounts keeps counts for the rest of the request.
func (s *Kit) KeepCounts(c echo.Context, counts dashboard.Counts) {
	c.Set(countsKey, func() (dashboard.Counts, error) { return counts, nil })
}

// PlainFrame returns a frame that needs no database.
func (s *Kit) PlainFrame(c echo.Context, title i18n.Msg) ui.Frame {
	frame := ui.Frame{
		Printer:    words.Printer{Words: s.WordsFor(c), Zone: s.Zone, Now: s.Now(), Capturing: s.Capturing},
		Submission: s.Accounts.NewID(), CSS: s.Assets.URL("app.css"), JS: s.Assets.URL("app.js"),
		Brand: s.brandOf(), Theme: s.theme(c), Here: here(c),
	}
	frame.Title = frame.T(title)
	if who := Visitor(c); who != nil {
		account := who.Account
		frame.Reader = &words.Reader{ID: account.ID, Name: account.Name, DisplayName: account.DisplayName, Kind: account.Kind, Pending: s.gate(c) != nil}
		frame.Person, frame.PersonUntil = who.Session.Person, who.Session.AbsoluteEnd
	}
	return s.ForReader(frame)
}

// Section is a link of the navigation. The access of the route at its URL decides who sees it.
type Section struct {
	Name, URL string
	Label     i18n.Msg
}

// ForReader adds to a frame which pages its reader may open, and the navigation to those, unless that is only the start page.
func (s *Kit) ForReader(frame ui.Frame) ui.Frame {
	reader := frame.Reader
	if reader == nil || reader.Pending {
		return frame
	}
	frame.MayOpen = func(address string) bool { return s.mayOpen(reader.Kind, frame.Person, address) }
	for _, section := range s.sections {
		if frame.May(section.URL) {
			frame.Nav = append(frame.Nav, ui.NavLink{Section: section.Name, URL: section.URL, Label: frame.T(section.Label)})
		}
	}
	if len(frame.Nav) == 1 {
		frame.Nav = nil
	}
	return frame
}

// ShowCounts shows in the navigation how many items need an operator, once they are counted.
func ShowCounts(frame *ui.Frame, counted func() (dashboard.Counts, error)) {
	printer := frame.Printer
	frame.Waiting = func(section string) (string, error) {
		counts, err := counted()
		switch {
		case err != nil:
			return "", err
		case section == "accounts" && counts.Waiting() > 0:
			return printer.Number(int64(counts.Waiting())), nil
		case section == "mail" && counts.FailedMails > 0:
			return printer.Number(counts.FailedMails), nil
		default:
			return "", nil
		}
	}
}

// FormFrame is [Kit.Frame] for a page with a form: it also shows what was wrong with the form, and returns the page's status. Other
// errors are returned.
func (s *Kit) FormFrame(c echo.Context, section string, title i18n.Msg, failed error) (frame ui.Frame, status int, err error) {
	if frame, err = s.Frame(c, section, title); err != nil {
		return frame, 0, err
	}
	if failed == nil {
		return frame, http.StatusOK, nil
	}
	if form := s.route(c).restore; form != nil {
		frame.Here = form.page(c)
	}
	status, err = FormStatus(&frame, failed)
	return frame, status, err
}

// FormStatus shows what was wrong with a form, and returns the status of its page. Other errors are returned.
func FormStatus(frame *ui.Frame, failed error) (status int, err error) {
	if failed == nil {
		return http.StatusOK, nil
	}
	return http.StatusUnprocessableEntity, SetProblems(frame, failed)
}

// SetProblems shows what was wrong with a form. Other errors are returned.
func SetProblems(frame *ui.Frame, failed error) error {
	if failed == nil {
		return nil
	}
	if StatusOf(failed) != http.StatusUnprocessableEntity {
		return failed
	}
	for _, wrong := range core.Describe(failed) {
		if wrong.Field == "submission" || wrong.Field == "credential" || wrong.Field == "query" { // hidden fields
			wrong.Field = ""
		}
		frame.Problems = append(frame.Problems, ui.Problem{
			Field: wrong.Field, Text: words.Error(frame.Printer, wrong), Rule: string(credential.BrokenRule(wrong.Code)),
		})
	}
	if len(frame.Of("password")) > 0 { // both are typed again
		frame.Problems = slices.DeleteFunc(frame.Problems, func(p ui.Problem) bool { return p.Field == "confirmation" })
	}
	slices.SortStableFunc(frame.Problems, func(a, b ui.Problem) int { // so that the first wrong field of the page has the focus
		return cmp.Compare(slices.Index(fieldOrder, a.Field), slices.Index(fieldOrder, b.Field))
	})
	return nil
}

// fieldOrder is the order of fields on pages with more than one.
var fieldOrder = []string{
	"current", "name", "displayName", "email", "externalId", "phone", "note", "organization", "locale", "valid_from", "valid_until", "technical",
	"password_mode", "password", "generator_length", "generator_upper", "generator_lower", "generator_digits", "generator_special",
	"confirmation", "one_time", "hand_over", "reads", "valid_minutes", "passphrase", "person", "lead_hours", "code", "recovery_code", "title",
}

// UnknownFilter is the message of lists about filters that do not exist.
const UnknownFilter = "Invalid filters were ignored."

// SetQueryProblem shows an invalid filter and returns the page's status.
func SetQueryProblem(frame *ui.Frame, wrong bool, message i18n.Msg) int {
	if !wrong {
		return http.StatusOK
	}
	frame.Problems, frame.BadQuery = []ui.Problem{{Text: frame.T(message)}}, true
	return http.StatusUnprocessableEntity
}

// Done redirects after a successful form, with a message on the next page.
func (s *Kit) Done(c echo.Context, url, message string) error {
	Session(c).Values[FlashKey] = message
	s.save(c)
	return c.Redirect(http.StatusSeeOther, url)
}

// DoneUntilUndone is [Kit.Done] with a button next to the message, whose form takes back what was done.
func (s *Kit) DoneUntilUndone(c echo.Context, url, message, undo string) error {
	Session(c).Values[UndoKey] = undo
	return s.Done(c, url, message)
}
