package words

import (
	"strings"
	"time"

	"latchkey/i18n"
	"latchkey/models"
)

// Block says until when a blocked account waits, since when, and why.
func Block(p Printer, a models.Account) string {
	until := p.T("Until unblocked")
	if a.BlockedUntil != nil {
		until = p.T("Until {{.Time}}", "Time", p.Day(*a.BlockedUntil))
	}
	failed := max(a.FailedAttempts, a.FailedInRow)
	facts := []string{until, p.T("blocked {{.When}}", "When", p.Relative(*a.BlockedAt)), p.N("{{.N}} failed sign-in", "{{.N}} failed sign-ins", failed)}
	return strings.Join(facts, " · ")
}

// Lapse says when a one-time password expired.
func Lapse(p Printer, at time.Time) string {
	return p.T("One-time password expired {{.When}}", "When", p.Relative(at))
}

// FailedMail names a mail by what it is about and who was to get it.
func FailedMail(p Printer, m models.Mail) string {
	return p.T("{{.Mail}}, to {{.Recipient}}", "Mail", p.T("template."+i18n.Msg(m.Template)), "Recipient", Isolate(m.Recipient))
}
