package words

import (
	"time"

	"latchkey/i18n"
	"latchkey/models"
)

// Block says until when a blocked account waits, and why.
func Block(p Printer, a models.Account) string {
	end := p.T("Until unblocked")
	if a.BlockedUntil != nil {
		end = until(p, p.Now, *a.BlockedUntil)
	}
	failed := max(a.FailedAttempts, a.FailedInRow)
	return end + " · " + p.N("{{.N}} failed attempt", "{{.N}} failed attempts", failed)
}

// Lapse says when a one-time password expired.
func Lapse(p Printer, at time.Time) string {
	return p.T("One-time password expired {{.When}}", "When", p.Relative(at))
}

// FailedMail names a mail by what it is about and who was to get it.
func FailedMail(p Printer, m models.Mail) string {
	return p.T("{{.Mail}}, to {{.Recipient}}", "Mail", p.T("template."+i18n.Msg(m.Template)), "Recipient", Isolate(m.Recipient))
}
