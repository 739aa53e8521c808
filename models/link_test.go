package models_test

import (
	"testing"
	"time"

	"latchkey/models"
)

// TestLinkStateInSQL: lists find an account by the state that Go gives its newest link that sets a password.
func TestLinkStateInSQL(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		now, earlier := base, base.Add(-time.Hour)
		owners := map[models.LinkState]string{}
		for state, newest := range map[models.LinkState]models.Link{
			models.LinkNotSent: {EndsAt: now.Add(time.Hour)},
			models.LinkSent:    {EndsAt: now.Add(time.Hour), SentAt: &earlier},
			models.LinkUsed:    {EndsAt: now, SentAt: &earlier, UsedAt: &earlier},
			models.LinkExpired: {EndsAt: now, SentAt: &earlier},
			models.LinkRevoked: {EndsAt: now.Add(time.Hour), RevokedAt: &earlier},
		} {
			if got := newest.State(now); got != state {
				t.Errorf("%s is %s", state, got)
			}
			owner := f.account(models.Account{})
			owners[state] = owner.ID
			older, other := models.Link{EndsAt: now, UsedAt: &earlier}, models.Link{EndsAt: now, RevokedAt: &earlier}
			older.Purpose, newest.Purpose, other.Purpose = models.LinkInvitation, models.LinkReset, models.LinkConfirmEmail
			for _, link := range []models.Link{older, newest, other} {
				link.ID, link.AccountID, link.CreatedAt = f.id(), owner.ID, earlier
				f.do(func(tx *models.Tx) error { return tx.CreateLink(link) })
			}
		}
		for _, state := range models.LinkStates() {
			page, err := f.read().ListAccounts(models.AccountFilter{Link: state, Cutoffs: models.Cutoffs{Now: now}, Limit: 10})
			if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != owners[state] {
				t.Errorf("%s: %d rows, %v", state, len(page.Rows), err)
			}
		}
	})
}
