package mailer

import (
	"strings"
	"time"

	"latchkey/i18n"
)

// inWords writes a time for people, in the zone of the settings, which it names. "" for no time.
func (m *Mailer) inWords(words i18n.Words, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	at = at.In(m.zone)
	return words.T("{{.Weekday}}, {{.Day}} {{.Month}} {{.Year}}, {{.Time}} {{.Zone}}",
		"Weekday", words.T(at.Weekday().String()), "Day", at.Day(), "Month", words.T(at.Month().String()),
		"Year", at.Year(), "Time", at.Format("15:04"), "Zone", zoneName(at))
}

// zoneName names a zone as the settings do, and which of its two offsets holds: CET (Europe/Berlin).
func zoneName(at time.Time) string {
	short, _ := at.Zone()
	if strings.HasPrefix(short, "+") || strings.HasPrefix(short, "-") { // some zones have no letters
		short = "UTC" + short
	}
	if name := at.Location().String(); name != short {
		short += " (" + name + ")"
	}
	return short
}
