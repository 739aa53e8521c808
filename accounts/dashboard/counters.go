package dashboard

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/models"
)

// MaxCounter is where counters stop.
const MaxCounter = 100

// Counters are the numbers in the navigation: what only an operator can resolve. They stop at [MaxCounter].
type Counters struct {
	Accounts int64 // blocked, or with a one-time password that has lapsed
	Mails    int64 // failed; SuperAdmins only
}

// Counters counts among what the actor may see.
func (s *Service) Counters(ctx context.Context, actor core.Actor) (counters Counters, err error) {
	read := s.core.DB.Read(ctx)
	for _, state := range []models.State{models.Blacklisted, models.OneTimeLapsed} {
		count, err := read.CountAccounts(s.visible(ctx, actor, models.AccountFilter{State: state}), MaxCounter)
		if err != nil {
			return counters, err
		}
		counters.Accounts = min(counters.Accounts+count, MaxCounter)
	}
	if actor.MaySeeEverything() {
		counters.Mails, err = read.CountMailsIn(models.MailFailed, MaxCounter)
	}
	return counters, err
}
