package views

import (
	"strings"
	"time"

	"latchkey/models"
)

// Event is something that happened, in words: a line of the audit log, or a mail.
type Event struct {
	ID, Action, Who, What, Detail string
	Subject, SubjectURL           string
	Unknown                       bool // it was about a name that no account has
	Address                       string
	URL                           string           // leads to what it was about; "" = there is no more
	Mail                          models.MailState // of a mail
	Tone                          string           // how it is marked: "good", "warn", "bad", "mail" or ""
	At                            time.Time
	Times                         int  // how often it happened in a row, this being the last
	OrMore                        bool // it may have happened more often
}

// Again tells whether an event is the same as another but for its time of the day. Each mail stands for itself.
func (e Event) Again(f Frame, other Event) bool {
	return e.Mail == "" && e.Action == other.Action && e.line() == other.line() && f.Date(e.At) == f.Date(other.At)
}

// often says how often an event happened in a row; "" = once.
func (e Event) often(f Frame) string {
	switch {
	case e.Times > 1 && e.OrMore:
		return f.T("{{.N}} or more times", "N", e.Times)
	case e.Times > 1:
		return f.N("{{.N}} time", "{{.N}} times", e.Times)
	default:
		return ""
	}
}

// line is what stands below an event: who, how and from where.
func (e Event) line() string {
	var parts []string
	for _, part := range []string{e.Who, e.Detail, e.Address} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}
