package core

import "time"

// Midnight returns the start of a day in the zone: of the day of a time, and so many days later.
func Midnight(at time.Time, zone *time.Location, days int) time.Time {
	year, month, day := at.In(zone).Date()
	return time.Date(year, month, day+days, 0, 0, 0, 0, zone).UTC()
}
