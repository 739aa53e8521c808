package i18n

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// Times formats times in a language and a time zone, which is named wherever there is an hour.
type Times struct {
	words Words
	zone  *time.Location
}

// Times returns a formatter for a time zone.
func (w Words) Times(zone *time.Location) Times { return Times{w, zone} }

// Second returns a time to the second: 4 March 2026, 10:00:05 CET.
func (t Times) Second(at time.Time) string { return t.fill("time.second", at) }

// Minute returns a time to the minute: 4 Mar 2026, 10:00 CET.
func (t Times) Minute(at time.Time) string { return t.fill("time.minute", at) }

// Date returns a day: 4 Mar 2026.
func (t Times) Date(at time.Time) string { return t.fill("time.date", at) }

// ShortDate returns a day without its year: 4 Mar.
func (t Times) ShortDate(at time.Time) string { return t.fill("time.short-date", at) }

// Clock returns the time of day, without its zone: 10:00.
func (t Times) Clock(at time.Time) string { return at.In(t.zone).Format("15:04") }

// ShortMinute returns a time without its year and its zone: 4 Mar, 10:00.
func (t Times) ShortMinute(at time.Time) string {
	return t.fill("time.short-minute", at)
}

// Month returns a month: March 2026.
func (t Times) Month(at time.Time) string { return t.fill("time.month", at) }

// WeekdayDate returns a day with its day of the week, without its year: Wednesday, 4 March.
func (t Times) WeekdayDate(at time.Time) string { return t.fill("time.weekday-date", at) }

// Weekday returns a time with its day of the week: Wednesday, 4 March 2026, 10:00 CET.
func (t Times) Weekday(at time.Time) string { return t.fill("time.long", at) }

// Long returns a time for readers who do not know this program, also with the zone's full name:
// Wednesday, 4 March 2026, 10:00 CET (Europe/Berlin).
func (t Times) Long(at time.Time) string {
	at = at.In(t.zone)
	zone := zoneOf(at)
	if name := at.Location().String(); name != zone {
		zone += " (" + name + ")"
	}
	return t.fillWith("time.long", at, zone)
}

// fill fills a time into a message.
func (t Times) fill(message Msg, at time.Time) string {
	at = at.In(t.zone)
	return t.fillWith(message, at, zoneOf(at))
}

func (t Times) fillWith(message Msg, at time.Time, zone string) string {
	return os.Expand(t.words.pattern(message, "Day", "Year", "Zone", "Month", "Mon", "Weekday", "Minute", "Second"), func(place string) string {
		switch place {
		case "Day":
			return strconv.Itoa(at.Day())
		case "Year":
			return strconv.Itoa(at.Year()) // which has no separators
		case "Zone":
			return zone
		case "Month":
			return t.words.T("month." + Msg(at.Month().String()))
		case "Mon":
			return t.words.T("month.short." + Msg(at.Month().String()))
		case "Weekday":
			return t.words.T("weekday." + Msg(at.Weekday().String()))
		case "Minute":
			return at.Format("15:04")
		case "Second":
			return at.Format("15:04:05")
		default:
			return "${" + place + "}"
		}
	})
}

// zoneOf returns the abbreviation of the zone, such as CET. Some zones have only an offset.
func zoneOf(at time.Time) string {
	name, _ := at.Zone()
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		return "UTC" + name
	}
	return name
}
