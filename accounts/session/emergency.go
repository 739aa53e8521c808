package session

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/models"
)

// OpenEmergency opens a session for the person with an emergency code of the account. It is no sign-in of the owner: no other session ends, no
// browser becomes trusted, and no count of failures is reset.
func (s *Service) OpenEmergency(tx *models.Tx, account models.Account, from core.ClientInfo, code models.EmergencyCode) (in SignedIn, err error) {
	opened, token := s.newSession(account, models.FullSession, from)
	opened.AbsoluteEnd = opened.CreatedAt.Add(min(models.EmergencyTime, s.settings.Max))
	opened.OpenedBy = models.ByEmergencyCode
	opened.EmergencyCodeID, opened.Person, opened.PasswordAt = &code.ID, code.Person, &opened.CreatedAt
	return SignedIn{Account: account, Token: token}, tx.CreateSession(opened)
}

// ConfirmEmergency is [Service.Confirm] in an emergency session: what is given is the emergency code, which read returns.
func (s *Service) ConfirmEmergency(
	ctx context.Context, current Current, from core.ClientInfo, read func() (Proof, error),
) (in SignedIn, err error) {
	shown := Proof{}
	err = s.confirming(ctx, current, from, &shown, func(ctx context.Context, who subject, actor core.Actor) (err error) {
		if shown, err = read(); err != nil {
			return err
		}
		who.Wrong, who.WhileBlocked = lockout.ReasonCode, true
		return s.takingCode(ctx, current.Session, func(ctx context.Context) error {
			return s.pool.Do(ctx, who.queueKeys, func(ctx context.Context) error {
				finish := func(tx *models.Tx, account *models.Account) (complete bool, err error) {
					in, err = s.confirm(tx, current, actor, *account, false)
					return false, err // it is not the owner
				}
				return s.lockout.Attempt(ctx, s.policies.For(ctx), who.Subject, actor, shown.Verify, finish)
			})
		})
	})
	return in, err
}
