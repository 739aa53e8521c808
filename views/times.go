package views

import (
	"time"

	"latchkey/i18n"
)

// times writes times in the reader's language and the zone of the settings.
func (f Frame) times() i18n.Times { return f.Times(f.Zone) }

// Exact shows a time to the second, with its zone.
func (f Frame) Exact(at time.Time) string { return f.times().Second(at) }

// Day shows the day and minute of a time, with its zone.
func (f Frame) Day(at time.Time) string { return f.times().Minute(at) }

// Date shows the day of a time.
func (f Frame) Date(at time.Time) string { return f.times().Date(at) }

// ShortDate shows the day of a time without its year.
func (f Frame) ShortDate(at time.Time) string { return f.times().ShortDate(at) }

const day = 24 * time.Hour

// Relative shows how far away a time is, in the largest unit that fits; days are of 24 hours. What is to come is rounded up
// and what is past is rounded down: of 64 days that began a second ago, 64 are left. Its messages are whole, since the words
// of a length change with what stands before them: 3 Tage, vor 3 Tagen.
func (f Frame) Relative(at time.Time) string {
	if away := at.Sub(f.Now); away > 0 {
		return f.until(away)
	}
	return f.since(f.Now.Sub(at))
}

func (f Frame) until(away time.Duration) string {
	minutes, hours, days := wholeUp(away, time.Minute), wholeUp(away, time.Hour), wholeUp(away, day)
	switch {
	case away < time.Minute:
		return f.T("in less than a minute")
	case minutes < 60:
		return f.N("in {{.N}} minute", "in {{.N}} minutes", minutes)
	case hours < 48:
		return f.N("in {{.N}} hour", "in {{.N}} hours", hours)
	default:
		return f.N("in {{.N}} day", "in {{.N}} days", days)
	}
}

func (f Frame) since(away time.Duration) string {
	minutes, hours, days := int(away/time.Minute), int(away/time.Hour), int(away/day)
	switch {
	case minutes == 0:
		return f.T("just now")
	case hours == 0:
		return f.N("{{.N}} minute ago", "{{.N}} minutes ago", minutes)
	case days < 2:
		return f.N("{{.N}} hour ago", "{{.N}} hours ago", hours)
	default:
		return f.N("{{.N}} day ago", "{{.N}} days ago", days)
	}
}

// wholeUp is how many units a length above zero begins.
func wholeUp(length, unit time.Duration) int { return int((length-1)/unit) + 1 }

// Amount shows how long a time is, in the largest unit that it is a whole number of; days from two on.
func (f Frame) Amount(d time.Duration) string {
	switch {
	case d >= 2*day && d%day == 0:
		return f.N("{{.N}} day", "{{.N}} days", int(d/day))
	case d >= time.Hour && d%time.Hour == 0:
		return f.N("{{.N}} hour", "{{.N}} hours", int(d/time.Hour))
	case d >= time.Minute && d%time.Minute == 0:
		return f.N("{{.N}} minute", "{{.N}} minutes", int(d/time.Minute))
	default:
		return f.N("{{.N}} second", "{{.N}} seconds", int(d/time.Second))
	}
}

// machine is a time for <time datetime>.
func machine(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// counted shows a count that stopped at most.
func (f Frame) counted(n, most int64) string {
	if n >= most {
		return f.T("{{.N}} or more", "N", most)
	}
	return f.Number(n)
}

// short shows a count that stopped at most where there is little room.
func (f Frame) short(n, most int64) string {
	if n >= most {
		return f.T("{{.N}}+", "N", most-1)
	}
	return f.Number(n)
}

// TooSoon says from when on one's own password can be changed, to the next whole minute.
func TooSoon(f Frame, from time.Time) string {
	from = from.Add(time.Minute - 1).Truncate(time.Minute)
	return f.T("You changed your password recently and can change it again from {{.Time}}. If others may know it, ask your operator for a new one.", "Time", f.Day(from))
}
