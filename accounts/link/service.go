package link

import (
	"context"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/notify"
	"latchkey/accounts/ratelimit"
	"latchkey/accounts/sealing"
	"latchkey/accounts/session"
	"latchkey/models"
)

// Options are what a [Service] is made of.
type Options struct {
	Core     *core.Core
	Sessions *session.Service
	Mail     *notify.Service
	Sealing  *sealing.Service
	Limiter  *ratelimit.Limiter
	Secrets  core.Secrets  // who may know passwords
	Valid    time.Duration // of invitations, and of links that operators send
}

// Service sends links that set a password, and sets passwords by them. It is safe for concurrent use.
type Service struct{ Options }

// New makes a service.
func New(o Options) *Service { return &Service{o} }

// Errors of links.
const (
	ErrTechnical core.Code = "link.technical"
	ErrClosed    core.Code = "link.account_closed"
	ErrEnded     core.Code = "link.ended"
)

// Check returns an error if no link can be sent to the account. To one that is not valid yet it is sent on its first day.
func (s *Service) Check(account models.Account) error {
	switch closed := account.Closed(s.Core.Today()); {
	case account.Technical:
		return ErrTechnical
	case closed == models.Disabled || closed == models.Ended:
		return ErrClosed
	default:
		return nil
	}
}

// Purpose returns the purpose of a link that an operator sends to the account: an invitation until its owner has been in it.
func Purpose(account models.Account) models.LinkPurpose {
	if account.PasswordHash == "" && account.LastSignInAt == nil {
		return models.LinkInvitation
	}
	return models.LinkReset
}

// SendIn queues the mail with a new link in a transaction that has locked or created the account. The caller saves the account.
func (s *Service) SendIn(tx *models.Tx, actor core.Actor, account *models.Account, purpose models.LinkPurpose) error {
	if err := s.Check(*account); err != nil {
		return err
	}
	now, life := s.Core.Now(), s.Valid
	if purpose == models.LinkForgotten {
		life = forgottenValid
	}
	due := now
	if account.ValidFrom > s.Core.Today() {
		first, err := s.Core.DayStart(account.ValidFrom)
		if err != nil {
			return err
		}
		due = first.UTC()
	}
	if account.PasswordID == "" {
		account.PasswordID = s.Core.NewID() // of the password that is missing
	}
	link := models.Link{
		ID: s.Core.NewID(), Purpose: purpose, AccountID: account.ID, PasswordID: account.PasswordID, CreatedAt: now, EndsAt: due.Add(life),
	}
	if err := tx.CreateLink(link); err != nil {
		return err
	}
	if err := s.Mail.QueueLink(tx, models.MailSetPassword, *account, link, due, actor.Address); err != nil {
		return err
	}
	return s.Core.Audit(tx, actor, core.ActionLinkCreated, *account, core.DetailLink.Text(string(purpose)))
}

// Sent delivers what [Service.SendIn] has queued, once its transaction has committed.
func (s *Service) Sent() { s.Mail.Committed() }

// Of returns the newest links of an account that the actor may see, the newest first.
func (s *Service) Of(ctx context.Context, actor core.Actor, account models.Account) ([]models.Link, error) {
	if !actor.Sees(account) {
		return nil, core.ErrNotFound
	}
	return s.Core.DB.Read(ctx).PasswordLinks(account.ID)
}

// Resend replaces a link by a new one, whatever became of it, and others that operators have sent, such as at the same moment. For a SuperAdmin the actor has to confirm who they are.
func (s *Service) Resend(ctx context.Context, actor core.Actor, accountID, id string) error {
	err := s.change(ctx, actor, accountID, id, func(tx *models.Tx, account *models.Account, _ models.Link) error {
		if account.Kind == models.SuperAdmin {
			if err := s.Core.CheckConfirmed(tx, actor); err != nil {
				return err
			}
		}
		if err := tx.RevokeSentLinks(account.ID, s.Core.Now()); err != nil {
			return err
		}
		return s.SendIn(tx, actor, account, Purpose(*account))
	})
	if err == nil {
		s.Sent()
	}
	return err
}

// Revoke ends a link, and sessions that were opened with it and wait for a second factor or a new password.
func (s *Service) Revoke(ctx context.Context, actor core.Actor, accountID, id string) error {
	return s.change(ctx, actor, accountID, id, func(tx *models.Tx, account *models.Account, link models.Link) error {
		if !link.Opens(*account, s.Core.Now()) {
			return ErrEnded
		}
		if err := tx.RevokeLink(id, s.Core.Now()); err != nil {
			return err
		}
		return s.Core.Audit(tx, actor, core.ActionLinkRevoked, *account, core.DetailLink.Text(string(link.Purpose)))
	})
}

// change runs a transaction on a link of an account that the actor may change.
func (s *Service) change(
	ctx context.Context, actor core.Actor, accountID, id string, do func(*models.Tx, *models.Account, models.Link) error,
) error {
	if !models.IsID(id) {
		return core.ErrNotFound
	}
	return s.Core.Change(ctx, actor, accountID, func(tx *models.Tx, account *models.Account) error {
		link, err := tx.Link(id)
		if err != nil {
			return core.NotFound(err)
		}
		if link.AccountID != account.ID || !link.Purpose.SetsPassword() {
			return core.ErrNotFound
		}
		return do(tx, account, link)
	})
}

// Target returns the account whose password the link with the token sets, for the page that the link opens. It changes nothing, since
// programs that check mails open links too. A link that sets none, for whatever reason, is [core.ErrLink], after the same work.
func (s *Service) Target(ctx context.Context, token string, from core.ClientInfo) (models.Account, error) {
	id, made, err := s.Sealing.LinkOf(token)
	if err != nil {
		return models.Account{}, err
	}
	_, account, err := s.Sessions.LinkTarget(s.Core.DB.Read(ctx), id, from.Address)
	if err == nil && !made {
		err = core.ErrLink
	}
	return account, err
}

// SetPassword uses up the link with the token: it sets the password of its account and signs the owner in. If the account has a second
// factor, no password is taken yet; the session waits for the factor, and then for the new password. It returns [core.ErrLink] as
// [Service.Target] does.
func (s *Service) SetPassword(ctx context.Context, token string, input session.NewPassword, from core.ClientInfo) (session.SignedIn, error) {
	id, made, err := s.Sealing.LinkOf(token)
	if err != nil {
		return session.SignedIn{}, err
	}
	return s.Sessions.SetPasswordByLink(ctx, id, made, input, from)
}

// EndAll ends every link that is on its way, secret links too, such as after a backup was restored, and every session that waits for a second factor or was
// opened by a link, and every token of the API. It returns how many.
func (s *Service) EndAll(ctx context.Context, actor core.Actor) (links, sessions, tokens int, err error) {
	err = s.Core.Update(ctx, actor, func(tx *models.Tx) (err error) {
		if links, err = tx.EndAllLinks(s.Core.Now()); err != nil {
			return err
		}
		secret, err := tx.EndAllSecretLinks(s.Core.Now())
		if links += secret; err != nil {
			return err
		}
		if sessions, err = tx.EndHalfSessions(); err != nil {
			return err
		}
		if tokens, err = tx.DeleteAPITokens(); err != nil {
			return err
		}
		return s.Core.Audit(tx, actor, core.ActionLinksEnded, models.Account{}, core.DetailLinks.Count(links), core.DetailSessions.Count(sessions),
			core.DetailTokens.Count(tokens))
	})
	return links, sessions, tokens, err
}

// keep is how long links are listed after their end.
const keep = 90 * 24 * time.Hour

// purgeLimit is how many links are removed at a time.
const purgeLimit = 500

// PurgeEnded removes links that ended long ago.
func (s *Service) PurgeEnded(ctx context.Context) error {
	for {
		removed := 0
		err := s.Core.DB.Update(ctx, func(tx *models.Tx) (err error) {
			removed, err = tx.DeleteLinks(s.Core.Now().Add(-keep), purgeLimit)
			return err
		})
		if err != nil || removed < purgeLimit {
			return err
		}
	}
}
