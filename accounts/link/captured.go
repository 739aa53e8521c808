package link

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/models"
)

// ErrNotCaptured means that a mail was sent, or has no link.
const ErrNotCaptured core.Code = "link.not_captured"

// Captured returns the purpose and the token of the link in a mail that was kept because there was no mail server, so that a SuperAdmin can hand it over,
// unless only owners may know passwords.
// The actor has to confirm who they are.
func (s *Service) Captured(ctx context.Context, actor core.Actor, mailID string) (purpose models.LinkPurpose, token string, err error) {
	switch {
	case !actor.MaySeeEverything():
		return "", "", core.ErrForbidden
	case s.Secrets.OwnersOnly():
		return "", "", core.ErrKnownPassword
	case !models.IsID(mailID):
		return "", "", core.ErrNotFound
	}
	err = s.Core.Update(ctx, actor, func(tx *models.Tx) error {
		if err := s.Core.CheckConfirmed(tx, actor); err != nil {
			return err
		}
		mail, err := tx.Mail(mailID)
		if err != nil {
			return core.NotFound(err)
		}
		if mail.State != models.MailCaptured || mail.Data.LinkID == "" || mail.AccountID == nil {
			return ErrNotCaptured
		}
		account, err := tx.Account(*mail.AccountID)
		if err != nil {
			return core.NotFound(err)
		}
		link, err := tx.Link(mail.Data.LinkID)
		if err != nil {
			return core.NotFound(err)
		}
		if !link.Opens(account, s.Core.Now()) {
			return ErrEnded
		}
		purpose = link.Purpose
		if token, err = s.Sealing.Token(tx, link.ID); err != nil {
			return err
		}
		return s.Core.Audit(tx, actor, core.ActionLinkShown, account, core.DetailLink.Text(string(link.Purpose)))
	})
	return purpose, token, err
}
