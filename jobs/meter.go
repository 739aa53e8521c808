package jobs

import (
	"time"

	"latchkey/models"
)

// Meter is told what figures are made of. Several call it at the same moment, and it has to return at once.
type Meter interface {
	// RoundEnded hears that a round of one of the [Names] ended, when, after how long, and whether it failed.
	RoundEnded(job string, at time.Time, took time.Duration, err error)
	// MailsSwept hears how many mails a sweep has queued.
	MailsSwept(count int)
	// MailSettled hears what became of a mail in hand: its last state, or [models.MailWaiting] when it was put off.
	MailSettled(template string, state models.MailState)
}

// unmeasured is the meter where nobody asked for figures.
type unmeasured struct{}

func (unmeasured) RoundEnded(string, time.Time, time.Duration, error) {}
func (unmeasured) MailsSwept(int)                                     {}
func (unmeasured) MailSettled(string, models.MailState)               {}

// The jobs' names.
const (
	jobSweep   = "sweep"
	jobTidy    = "tidy"
	jobTasks   = "run tasks"
	jobDeliver = "deliver mails"
	jobProbe   = "look for the mail server"
)

// Names are the names of all jobs.
func Names() []string { return []string{jobSweep, jobTidy, jobTasks, jobDeliver, jobProbe} }
