package views

import (
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
	Problems  []Problem // what was wrong with the form, or with what the address asks for
	Asked     bool      // the problems are with the address: nothing was to be changed
	Capturing bool      // there is no SMTP server
	CSS, JS   string

	Submission string // the id of this page's forms
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
type Problem struct {
	Field, Text string
	Lang        string // of the text; "" = the page's
}

// LogLang is the language of what is written for the log, whoever reads the page: such as what is wrong with a policy file.
const LogLang = "en"

// Of gives the problems of one field, one sentence each.
func (f Frame) Of(field string) (found []Problem) {
	for _, problem := range f.Problems {
		if problem.Field == field {
			found = append(found, problem)
		}
	}
	return found
}
