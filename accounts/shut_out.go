package accounts

import (
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/models"
)

// shutOut ends all access to an account, which is locked, by a stranger who may have been in it since a time: sessions, links, trusted
// browsers, emergency codes, second factors and API keys that were added since, and recovery codes. The stranger may know the password, and would choose
// the next one first: a person's is dropped, and a link to set another is sent to the present address. The caller saves the account.
func (s *Service) shutOut(tx *models.Tx, actor core.Actor, account *models.Account, since time.Time) (ended int, err error) {
	if ended, err = tx.EndSessions(account.ID, ""); err != nil {
		return 0, err
	}
	if err := credential.EndLinks(tx, account.ID, s.core.Now()); err != nil {
		return 0, err
	}
	if _, err := tx.RevokeDevices(account.ID); err != nil {
		return 0, err
	}
	if err := s.Emergency.EndIn(tx, actor, *account, true); err != nil {
		return 0, err
	}
	if err := s.Keys.EndIn(tx, actor, *account, since); err != nil {
		return 0, err
	}
	if err := s.Factors.EndSince(tx, actor, *account, since); err != nil || account.Technical {
		return ended, err
	}
	if err := s.Credentials.Drop(tx, s.Policies.Current(), account); err != nil {
		return 0, err
	}
	return ended, s.Links.SendIn(tx, actor, account, models.LinkAfterUndo)
}
