package words

import (
	"time"

	"latchkey/models"
)

// EmergencyLead describes after which time a code opens the account, and reports whether it needs none.
func EmergencyLead(p Printer, code models.EmergencyCode) (text string, atOnce bool) {
	if code.LeadSeconds == 0 {
		return p.T("Opens the account at once"), true
	}
	return p.T("Opens the account {{.Time}} after its first use", "Time", p.Amount(code.Lead())), false
}

// EmergencyAccess describes how far a code is that was used, to the owner of the account.
func EmergencyAccess(p Printer, code models.EmergencyCode) string {
	person := Isolate(code.Person)
	switch code.State(p.Now) {
	case models.EmergencyUsed:
		return p.T("{{.Name}} has used the emergency code for your account, until {{.Time}} at the latest.", "Name", person, "Time", p.Day(*code.EndsAt))
	case models.EmergencyOpen:
		return p.T("{{.Name}} can get into your account with the emergency code until {{.Time}}.", "Name", person, "Time", p.Day(*code.EndsAt))
	default:
		return p.T("{{.Name}} has asked for emergency access to your account. It opens {{.When}}.", "Name", person, "When", p.Relative(code.OpensAt()))
	}
}

// EmergencyOf is the same in few words, to operators.
func EmergencyOf(p Printer, code models.EmergencyCode) string {
	person := Isolate(code.Person)
	switch code.State(p.Now) {
	case models.EmergencyUsed:
		return p.T("{{.Name}}: opened {{.When}}", "Name", person, "When", p.Relative(*code.UsedAt))
	case models.EmergencyOpen:
		return p.T("{{.Name}}: can be opened until {{.Time}}", "Name", person, "Time", p.Day(*code.EndsAt))
	default:
		return p.T("{{.Name}}: opens {{.When}}", "Name", person, "When", p.Relative(code.OpensAt()))
	}
}

// EmergencySession describes the session of who uses an emergency code.
func EmergencySession(p Printer, person, account string, until time.Time) string {
	return p.T("Emergency access of {{.Name}} to the account {{.Account}}, until {{.Time}}. Everything you do is recorded.",
		"Name", Isolate(person), "Account", Isolate(account), "Time", p.Day(until))
}
