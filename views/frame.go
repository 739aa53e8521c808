package views

import (
	"time"

	"latchkey/views/words"
)

// Frame is what every page has: the reader's language and account, the navigation and the messages on top.
type Frame struct {
	words.Printer
	Title    string
	Section  string
	Waiting  Waiting
	Flash    string
	Problems []Problem // what was wrong with the form or with the query
	BadQuery bool      // the problems are those of the query: nothing was to be changed
	CSS, JS  string

	Submission string // the id of this page's forms
}

// Waiting counts what waits for an operator in a section. The counts stop at Most.
type Waiting struct{ Accounts, Mails, Most int64 }

// Problem is one thing that is wrong with a form. Field "" is the form as a whole.
type Problem struct {
	Field, Text string
	Lang        string // of the text; "" = the page's
}

// LogLang is the language of texts that are also logged, such as the mistakes in a policy file.
const LogLang = "en"

// Of returns the problems of one field.
func (f Frame) Of(field string) (found []Problem) {
	for _, problem := range f.Problems {
		if problem.Field == field {
			found = append(found, problem)
		}
	}
	return found
}

// rfc3339 formats a time for <time datetime>.
func rfc3339(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// subjectURL is the page of an event's subject; "" = there is none. An organization's own page is its account page /me.
func (f Frame) subjectURL(event words.Event) string {
	switch {
	case event.SubjectID == "":
		return ""
	case f.Reader != nil && event.SubjectID == f.Reader.ID:
		return MeURL
	default:
		return AccountURL(event.SubjectID)
	}
}
