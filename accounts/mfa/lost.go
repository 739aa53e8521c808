package mfa

import (
	"latchkey/accounts/core"
	"latchkey/models"
)

// LoseTOTP removes an authenticator app whose secret cannot be opened. If it was the account's last factor, sessions end, and another
// factor has to be set up after the next sign-in: until then a password would be enough.
func (s *Service) LoseTOTP(tx *models.Tx, actor core.Actor, secret models.Sealed) error {
	account, err := tx.AccountForUpdate(secret.AccountID)
	if err != nil {
		return err
	}
	factor, err := tx.Factor(account.ID, secret.ID)
	if err != nil {
		return err
	}
	if err := tx.DeleteFactor(account.ID, factor.ID); err != nil || factor.ConfirmedAt == nil {
		return err
	}
	if err := tx.AskForFactor(account.ID); err != nil {
		return err
	}
	details := []core.Detail{core.DetailFactor.Text(string(factor.Kind))}
	left, err := tx.HasFactor(account.ID)
	if err == nil && !left {
		account.MustSetFactor = true
		var ended int
		if err := tx.SaveAccount(&account); err != nil {
			return err
		}
		ended, err = tx.EndSessions(account.ID, "")
		details = append(details, core.DetailSessions.Count(ended))
	}
	if err != nil {
		return err
	}
	return s.core.Audit(tx, actor, core.ActionFactorRemoved, account, details...)
}
