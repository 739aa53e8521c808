package words

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/i18n"
	"latchkey/models"
)

// details describes the details of an audit event, in the order of their keys.
func details(p Printer, event models.AuditEvent) string {
	phrases := make([]string, 0, len(event.Detail))
	for _, name := range slices.Sorted(maps.Keys(event.Detail)) {
		if phrase := detail(p, event, core.DetailKey(name)); phrase != "" {
			phrases = append(phrases, phrase)
		}
	}
	return strings.Join(phrases, " · ")
}

// detail describes one detail; "" = another one describes it, or the reader must not see it.
func detail(p Printer, event models.AuditEvent, key core.DetailKey) string {
	value := event.Detail[string(key)]
	switch key {
	case core.DetailReason, core.DetailTemplate, core.DetailKind, core.DetailFactor, core.DetailPassphrase, core.DetailLink:
		return detailWord(p, key, value)
	case core.DetailAttempts, core.DetailLinks, core.DetailMails, core.DetailReads, core.DetailReadsLeft, core.DetailSecrets, core.DetailSessions, core.DetailSuppressed, core.DetailTokens, core.DetailVersion:
		return detailCount(p, key, value)
	case core.DetailPassword:
		return passwordMade(p, value, event.Detail[string(core.DetailOneTime)] == "yes")
	case core.DetailBrowser, core.DetailChanged, core.DetailOneTime, core.DetailOpens, core.DetailTechnical, core.DetailFinal:
		return detailFlag(p, event, key)
	case core.DetailAPIKey, core.DetailKeyTitle, core.DetailKeyEnds, core.DetailKeyWrite, core.DetailKeyVerify, core.DetailKeyDirect, core.DetailUser:
		return detailOfProgram(p, event, key)
	case core.DetailEmail:
		return Isolate(event.Detail[string(core.DetailEmailBefore)]) + " → " + Isolate(value)
	case core.DetailEmailBefore:
		return ""
	case core.DetailActingPerson, core.DetailPerson, core.DetailOpensAt, core.DetailLead:
		return detailEmergency(p, event, key)
	case core.DetailUntil, core.DetailValidFrom, core.DetailValidUntil:
		return detailDay(p, event, key)
	case core.DetailFrom:
		if !p.Reader.IsSuperAdmin() { // it names another organization
			return ""
		}
		return p.T("Moved from {{.Organization}}", "Organization", Isolate(value))
	case core.DetailAddress:
		return p.T("Session from {{.Address}}", "Address", Isolate(value))
	case core.DetailLocale:
		return p.T("Language: {{.Language}}", "Language", Language(p, value))
	case core.DetailDescribed:
		return p.T("Changed: {{.Names}}", "Names", describedNames(p, value))
	}
	return Isolate(value)
}

// detailOfProgram describes a detail of an API key, or who ran a command.
func detailOfProgram(p Printer, event models.AuditEvent, key core.DetailKey) string {
	value := event.Detail[string(key)]
	switch key {
	case core.DetailAPIKey:
		return p.T("Key {{.Prefix}}…", "Prefix", Isolate(value))
	case core.DetailKeyTitle:
		return p.T("Title: {{.Title}}", "Title", Isolate(value))
	case core.DetailKeyEnds:
		return detailUntil(p, event.At, value)
	case core.DetailKeyWrite:
		return p.T("Can write")
	case core.DetailKeyVerify:
		return p.T("Can check passwords")
	case core.DetailUser:
		return p.T("System user: {{.Name}}", "Name", Isolate(value))
	default:
		return p.T("Works without a token")
	}
}

// detailDay describes when something ends, or the first or the last day of an account.
func detailDay(p Printer, event models.AuditEvent, key core.DetailKey) string {
	value, from := event.Detail[string(key)], key == core.DetailValidFrom
	switch {
	case key == core.DetailUntil:
		return detailUntil(p, event.At, value)
	case from && value == "":
		return p.T("No first day")
	case from:
		return p.T("Valid from: {{.Date}}", "Date", p.CalendarDate(value))
	case value == "":
		return p.T("No last day")
	default:
		return p.T("Valid until: {{.Date}}", "Date", p.CalendarDate(value))
	}
}

// detailEmergency describes a detail of emergency access.
func detailEmergency(p Printer, event models.AuditEvent, key core.DetailKey) string {
	value := event.Detail[string(key)]
	switch hours, err := strconv.Atoi(value); {
	case key == core.DetailActingPerson:
		return p.T("Emergency access of {{.Name}}", "Name", Isolate(value))
	case key == core.DetailPerson:
		return p.T("Person: {{.Name}}", "Name", Isolate(value))
	case key == core.DetailOpensAt:
		return p.T("Opens {{.Time}}", "Time", p.Day(key.TimeIn(event)))
	case err != nil:
		return Isolate(value)
	case hours == 0:
		return p.T("No lead time")
	default:
		return p.T("Lead time: {{.Time}}", "Time", p.Amount(time.Duration(hours)*time.Hour))
	}
}

// detailWord describes a detail with a value that has a word of its own.
func detailWord(p Printer, key core.DetailKey, value string) string {
	switch key {
	case core.DetailReason:
		return p.T("reason." + i18n.Msg(value))
	case core.DetailTemplate:
		return p.T("template." + i18n.Msg(value))
	case core.DetailPassphrase:
		return p.T("passphrase." + i18n.Msg(value))
	case core.DetailLink:
		return p.T("link." + i18n.Msg(value))
	case core.DetailKind:
		return p.T("kind." + i18n.Msg(value))
	default:
		return p.T("factor." + i18n.Msg(value))
	}
}

// describedNames lists texts about a person that were changed.
func describedNames(p Printer, value string) string {
	var names []string
	for name := range strings.FieldsSeq(value) {
		names = append(names, p.T("described."+i18n.Msg(name)))
	}
	return strings.Join(names, ", ")
}

// detailCount describes a detail with a number.
func detailCount(p Printer, key core.DetailKey, value string) string {
	n, err := strconv.Atoi(value)
	switch {
	case err != nil:
		return Isolate(value)
	case key == core.DetailAttempts:
		return p.N("{{.N}} failed attempt", "{{.N}} failed attempts", n)
	case key == core.DetailLinks:
		return p.N("{{.N}} link", "{{.N}} links", n)
	case key == core.DetailMails:
		return p.N("{{.N}} e-mail", "{{.N}} e-mails", n)
	case key == core.DetailReads:
		return p.N("Can be read {{.N}} time", "Can be read {{.N}} times", n)
	case key == core.DetailReadsLeft:
		return p.N("{{.N}} read left", "{{.N}} reads left", n)
	case key == core.DetailSecrets:
		return p.N("{{.N}} secret", "{{.N}} secrets", n)
	case key == core.DetailSuppressed:
		return p.N("{{.N}} earlier one not logged", "{{.N}} earlier ones not logged", n)
	case key == core.DetailTokens:
		return p.N("{{.N}} token of the API", "{{.N}} tokens of the API", n)
	case key == core.DetailVersion:
		return p.T("Version {{.N}}", "N", n)
	case n == 0: // sessions
		return ""
	default:
		return p.N("{{.N}} session ended", "{{.N}} sessions ended", n)
	}
}

// passwordMade describes where a new password came from.
func passwordMade(p Printer, origin string, oneTime bool) string {
	switch {
	case origin == string(accounts.ByLink):
		return p.T("Password to be chosen by link")
	case origin == string(accounts.Generated) && oneTime:
		return p.T("Generated one-time password")
	case origin == string(accounts.Generated):
		return p.T("Generated password")
	case origin == string(accounts.Typed) && oneTime:
		return p.T("Typed one-time password")
	case origin == string(accounts.Typed):
		return p.T("Typed password")
	case oneTime:
		return p.T("One-time password sent with the form")
	default:
		return p.T("Password sent with the form")
	}
}

// detailFlag describes a detail with a value of a few.
func detailFlag(p Printer, event models.AuditEvent, key core.DetailKey) string {
	yes := event.Detail[string(key)] != "no"
	switch {
	case key == core.DetailBrowser && event.Detail[string(key)] == core.BrowserNew:
		return p.T("New browser")
	case key == core.DetailBrowser:
		return p.T("Trusted browser")
	case key == core.DetailFinal:
		return p.T("Can't be restored")
	case key == core.DetailOpens:
		return opened(p, event.Detail[string(key)])
	case key == core.DetailChanged && yes:
		return p.T("Rules changed")
	case key == core.DetailChanged:
		return p.T("Rules unchanged")
	case key == core.DetailTechnical && yes:
		return p.T("Technical")
	case key == core.DetailTechnical:
		return p.T("Not technical")
	case yes && event.Detail[string(core.DetailPassword)] == "":
		return p.T("One-time password")
	default:
		return "" // described with the password
	}
}

// opened says what a sign-in opened, other than all pages.
func opened(p Printer, what string) string {
	if what == core.OpensAPI {
		return p.T("Token of the API")
	}
	return p.T("Must change password")
}

// detailUntil shows when something ends, without the day if it is that of the event.
func detailUntil(p Printer, from time.Time, value string) string {
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return Isolate(value)
	}
	return until(p, from, at)
}

// until shows when something ends, without the day if it is the day of from.
func until(p Printer, from, at time.Time) string {
	if p.Date(at) == p.Date(from) {
		return p.T("Until {{.Time}}", "Time", p.Times(p.Zone).Clock(at))
	}
	return p.T("Until {{.Time}}", "Time", p.Day(at))
}
