package session

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/lockout"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// LinkTarget finds the link with the id, and the account whose password it sets now for a client at the address. Everything else is
// [core.ErrLink], after the same queries.
func (s *Service) LinkTarget(tx *models.Tx, id, address string) (models.Link, models.Account, error) {
	link, account, err := tx.LinkWithAccount(id)
	if err != nil {
		return link, account, err
	}
	return link, account, s.checkLink(link, account, address)
}

// checkLink returns [core.ErrLink] if a link does not set the account's password now.
func (s *Service) checkLink(link models.Link, account models.Account, address string) error {
	// A SuperAdmin's mailbox alone opens no account: the factor that allowed the link may be gone.
	alone := link.Purpose == models.LinkForgotten && account.Kind == models.SuperAdmin && !account.HasFactor
	if alone || !link.Purpose.SetsPassword() || !link.Opens(account, s.core.Now()) || account.Closed(s.core.Today()) != "" || account.Technical ||
		!s.core.MayActFrom(account, address) {
		return core.ErrLink
	}
	return nil
}

// SetPasswordByLink sets the password of the account of the link with the id, and signs its owner in; this uses up the link. If the account
// has a second factor, the session waits for it first, and no password is taken. It works while the account is blocked, and the new
// password ends the block. Made means that the client has the link's token. It returns [core.ErrLink] as [Service.LinkTarget] does.
func (s *Service) SetPasswordByLink(ctx context.Context, id string, made bool, input NewPassword, from core.ClientInfo) (in SignedIn, err error) {
	rules := s.policies.For(ctx)
	attempt := func(ctx context.Context) error {
		link, account, err := s.LinkTarget(s.core.DB.Read(ctx), id, from.Address)
		switch {
		case err == nil && !made:
			return core.ErrLink
		case err != nil:
			return err
		case account.HasFactor:
			in, err = s.enterByLink(ctx, link, from)
			return err
		}
		if err := s.checkNew(rules, account, input); err != nil {
			return err
		}
		return s.pool.Do(ctx, []string{credential.AccountKey(account.ID), credential.NetworkKey(from.Address)}, func(ctx context.Context) error {
			checked, err := s.credentials.Check(ctx, rules, account, input.Password, true)
			if err != nil {
				return err
			}
			in, err = s.useLink(ctx, rules, link, checked, from)
			return err
		})
	}
	err = s.limited(ctx, subject{Subject: lockout.Subject{Address: from.Address}}, attempt)
	return in, err
}

// lockLinkTarget locks the account of a link, which then stays as it is until the transaction ends.
func (s *Service) lockLinkTarget(tx *models.Tx, link models.Link, address string) (models.Account, error) {
	account, err := tx.AccountForUpdate(link.AccountID)
	if err != nil {
		return account, core.DeadLink(err)
	}
	if link, err = tx.Link(link.ID); err != nil {
		return account, core.DeadLink(err)
	}
	return account, s.checkLink(link, account, address)
}

// enterByLink opens a session that waits for the second factor. The link is used up by the new password.
func (s *Service) enterByLink(ctx context.Context, link models.Link, from core.ClientInfo) (in SignedIn, err error) {
	err = s.core.DB.Update(ctx, func(tx *models.Tx) error {
		account, err := s.lockLinkTarget(tx, link, from.Address)
		if err != nil {
			return err
		}
		if err := tx.EndHalfSessionsOf(link.ID); err != nil { // a link has one at a time
			return err
		}
		in, err = s.openHalf(tx, account, from, given{by: models.ByLink, link: &link.ID})
		return err
	})
	return in, err
}

// useLink stores a checked password and opens a session, the only one of the account. Of several uses at the same time one succeeds.
func (s *Service) useLink(
	ctx context.Context, rules *policy.Rules, link models.Link, checked credential.Checked, from core.ClientInfo,
) (in SignedIn, err error) {
	err = s.core.DB.Update(ctx, func(tx *models.Tx) error {
		account, err := s.lockLinkTarget(tx, link, from.Address)
		if err != nil {
			return err
		}
		if account.HasFactor {
			return core.ErrLink // it was set up since
		}
		if err := tx.UseLink(link.ID, s.core.Now()); err != nil {
			return core.DeadLink(err)
		}
		if err := s.credentials.Replace(tx, &account, checked, models.FromLink, false); err != nil {
			return err
		}
		account.OwnChangeAt = account.PasswordSetAt
		details, err := endAll(tx, account.ID, "")
		if err != nil {
			return err
		}
		if _, err := tx.RevokeDevices(account.ID); err != nil {
			return err
		}
		details = append(details, core.DetailLink.Text(string(link.Purpose)))
		if err := s.core.Audit(tx, from.By(account), core.ActionPasswordOwn, account, details...); err != nil {
			return err
		}
		if in, err = s.open(tx, rules, &account, from, given{by: models.ByPassword, password: account.PasswordSetAt}); err != nil {
			return err
		}
		return tx.SaveAccount(&account)
	})
	return in, err
}
