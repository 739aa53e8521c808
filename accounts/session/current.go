package session

import (
	"context"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// touchEvery is how exactly the last use of a session is kept, so that not every page view writes.
const touchEvery = time.Minute

// Current is the session of a request, with its account.
type Current struct {
	Account models.Account
	Session models.Session
	Pending models.State // why only the reset page is open; "" = everything is
}

// Actor returns who uses the session from the client.
func (c Current) Actor(from core.ClientInfo) core.Actor {
	actor := from.By(c.Account)
	actor.SessionID, actor.Person = c.Session.ID, c.Session.Person
	return actor
}

// NeedsCurrent reports whether setting a new password needs the current one: for a voluntary change, and for a change that was demanded
// while the session was open. Otherwise a stolen session could set a password. A recovery code or a link takes the place of the current password.
func (c Current) NeedsCurrent() bool {
	bySetting := c.Pending == models.MustChange && !c.Account.MustChange // which applies to open sessions too
	return c.Pending == "" || (c.Session.NeedsCurrent || bySetting) && !c.Session.WithoutPassword()
}

// Resolve returns the session with the token, and records its use. It returns [core.ErrNotFound] if the session does not exist or has
// ended, and [core.ErrAddress] if it may not be used from the address; the session is then for the audit log only.
func (s *Service) Resolve(ctx context.Context, token, address string) (Current, error) {
	session, account, err := s.core.DB.Read(ctx).SessionByToken(core.HashToken(token), s.core.Now(), s.core.Today())
	if err != nil {
		return Current{}, core.NotFound(err)
	}
	if s.policies.For(ctx).Cutoffs().Lapsed(account) || s.ended(session) {
		return Current{}, core.ErrNotFound
	}
	if !s.core.MayEnterFrom(address) || !s.core.MayActFrom(account, address) {
		return Current{Account: account, Session: session}, core.ErrAddress
	}
	if err := s.touch(ctx, &session); err != nil && ctx.Err() == nil {
		s.core.Log.Warn("recording the use of a session failed", "error", err) // pages can be read if nothing can be written
	}
	return Current{account, session, s.core.PendingIn(session, account)}, nil
}

func (s *Service) touch(ctx context.Context, session *models.Session) error {
	now := s.core.Now()
	if now.Sub(session.LastUsedAt) < min(touchEvery, s.settings.Idle/2) {
		return nil
	}
	session.LastUsedAt, session.IdleEnd = now, now.Add(s.settings.Idle)
	return s.core.DB.Update(ctx, func(tx *models.Tx) error {
		return tx.TouchSession(session.ID, session.LastUsedAt, session.IdleEnd)
	})
}

// SaveData keeps what pages need in a later request, such as a message.
func (s *Service) SaveData(ctx context.Context, token, data string) error {
	return s.core.DB.Update(ctx, func(tx *models.Tx) error { return tx.SaveSessionData(core.HashToken(token), data) })
}

// Drop ends the session of a token without an audit event, such as when its browser signs in again.
func (s *Service) Drop(ctx context.Context, token string) error {
	return s.core.DB.Update(ctx, func(tx *models.Tx) error { return tx.DropSession(core.HashToken(token)) })
}
