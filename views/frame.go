package views

import (
	"fmt"
	"time"

	"latchkey/i18n"
	"latchkey/models"
)

// Frame is what every page has: the words of its reader's language, who they are, and what there is to say on top.
type Frame struct {
	i18n.Words
	Title     string
	Zone      *time.Location // in which times are shown
	Now       time.Time
	Who       *Who // nil: nobody is signed in
	Section   string
	Waiting   Waiting
	Flash     string
	Problems  []Problem // what was wrong with the form
	Capturing bool      // there is no SMTP server
	CSS, JS   string
}

// Who is the person at the browser.
type Who struct {
	ID, Name string
	Kind     models.Kind
	Pending  bool // only the reset page is open
}

// Waiting are the counts beside the pages' names: what waits there for a person. They stop at Most.
type Waiting struct{ Accounts, Mails, Most int64 }

// Operates tells whether to show what operators see.
func (w *Who) Operates() bool { return w != nil && !w.Pending && w.Kind != models.Customer }

// IsSuperAdmin tells whether to show what SuperAdmins see.
func (w *Who) IsSuperAdmin() bool { return w.Operates() && w.Kind == models.SuperAdmin }

// Problem is one thing that is wrong with a form. Field "" is about the form as a whole.
type Problem struct{ Field, Text string }

// Of gives the problems of one field, one sentence each.
func (f Frame) Of(field string) (texts []string) {
	for _, problem := range f.Problems {
		if problem.Field == field {
			texts = append(texts, problem.Text)
		}
	}
	return texts
}

// Exact shows a time to the second, with its zone.
func (f Frame) Exact(at time.Time) string {
	return at.In(f.Zone).Format("2 January 2006, 15:04:05 MST")
}

// Day shows the day and minute of a time, with its zone.
func (f Frame) Day(at time.Time) string { return at.In(f.Zone).Format("2 Jan 2006, 15:04 MST") }

// Relative shows how far away a time is.
func (f Frame) Relative(at time.Time) string {
	away := at.Sub(f.Now)
	if away.Abs() < time.Minute {
		return f.T("just now")
	}
	amount := f.Amount(away.Abs())
	if away > 0 {
		return f.T("in {{.Time}}", "Time", amount)
	}
	return f.T("{{.Time}} ago", "Time", amount)
}

const day = 24 * time.Hour

// Amount shows how long a time is, in the largest unit that fits.
func (f Frame) Amount(d time.Duration) string {
	switch {
	case d < time.Hour:
		return f.N("{{.N}} minute", "{{.N}} minutes", int(d/time.Minute))
	case d < 2*day:
		return f.N("{{.N}} hour", "{{.N}} hours", int(d/time.Hour))
	default:
		return f.N("{{.N}} day", "{{.N}} days", int(d/day))
	}
}

// machine is a time for <time datetime>.
func machine(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// counted shows a count that stopped at most.
func (f Frame) counted(n, most int64) string {
	if n >= most {
		return f.T("{{.N}} or more", "N", most)
	}
	return fmt.Sprint(n)
}

// short shows a count that stopped at most where there is little room.
func (f Frame) short(n, most int64) string {
	if n >= most {
		return f.T("{{.N}}+", "N", most-1)
	}
	return fmt.Sprint(n)
}

// ShortDate shows a day of this year.
func (f Frame) ShortDate(at time.Time) string { return at.In(f.Zone).Format("2 Jan") }
