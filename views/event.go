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
	Address                       string
	URL                           string           // leads to what it was about; "" = there is no more
	Mail                          models.MailState // of a mail
	Tone                          string           // how it is marked: "good", "warn", "bad", "mail" or ""
	At                            time.Time
	Times                         int // how often it happened in a row, this being the last
}

// Again tells whether an event is the same as another but for its time.
func (e Event) Again(other Event) bool {
	return e.URL == "" && e.Action == other.Action && e.line() == other.line()
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
