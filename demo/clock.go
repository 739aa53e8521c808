package demo

import "time"

// clock is the time of the story, which stands still within a scene. It never goes beyond the story's end: ids and events
// of the program that goes on from there come after all that were told.
type clock struct{ at, end time.Time }

// Now is what the use cases take as their clock.
func (c *clock) Now() time.Time { return c.at }
