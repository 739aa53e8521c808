package accounts

import (
	"context"
	"time"

	"latchkey/models"
)

// CountedUpTo is where the overview stops counting and says "or more": a number that nobody works off costs nothing.
const CountedUpTo = 1000

// soon is how far ahead the overview looks for passwords that expire.
const soon = 7 * 24 * time.Hour

// Overview is what needs a person now. Counts stop at [CountedUpTo].
type Overview struct {
	States      map[models.State]int64
	Expiring    int64 // within 7 days
	FailedMails int64 // SuperAdmins only
}

// needsPerson are the states that an operator can do something about.
var needsPerson = []models.State{models.Blacklisted, models.Expired, models.OneTimeLapsed, models.OneTimeWaiting}

// Overview counts what needs a person among the accounts that the actor may see.
func (s *Service) Overview(ctx context.Context, actor Actor) (Overview, error) {
	o := Overview{States: map[models.State]int64{}}
	read := s.db.Read(ctx)
	for _, state := range needsPerson {
		count, err := read.CountAccounts(s.narrow(actor, models.AccountFilter{State: state}), CountedUpTo)
		if err != nil {
			return o, err
		}
		o.States[state] = count
	}
	var err error
	if o.Expiring, err = read.CountAccounts(s.narrow(actor, models.AccountFilter{Expiring: soon}), CountedUpTo); err != nil {
		return o, err
	}
	if actor.MaySeeEverything() {
		o.FailedMails, err = read.CountMailsIn(models.MailFailed, CountedUpTo)
	}
	return o, err
}
