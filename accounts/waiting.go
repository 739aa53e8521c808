package accounts

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/models"
)

// WaitingUpTo is where the counts beside the pages' names stop.
const WaitingUpTo = 100

// Waiting is how much waits for an operator: what only a person can put right. Counts stop at [WaitingUpTo].
type Waiting struct {
	Accounts int64 // blacklisted, or with a one-time password that lapsed
	Mails    int64 // failed; SuperAdmins only
}

// Waiting counts what waits among what the actor may see.
func (s *Service) Waiting(ctx context.Context, actor core.Actor) (waiting Waiting, err error) {
	read := s.core.DB.Read(ctx)
	for _, state := range []models.State{models.Blacklisted, models.OneTimeLapsed} {
		count, err := read.CountAccounts(s.narrow(actor, models.AccountFilter{State: state}), WaitingUpTo)
		if err != nil {
			return waiting, err
		}
		waiting.Accounts = min(waiting.Accounts+count, WaitingUpTo)
	}
	if actor.MaySeeEverything() {
		waiting.Mails, err = read.CountMailsIn(models.MailFailed, WaitingUpTo)
	}
	return waiting, err
}
