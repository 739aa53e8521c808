package accounts

import (
	"context"
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// touchEvery is how exact a session's last use is kept, so that not every page view writes.
const touchEvery = time.Minute

// maxUserAgent cuts what a browser says of itself.
const maxUserAgent = 300

// Visitor is a session that holds, and whose it is. Pending tells why only the reset page is open; "" = everything is.
type Visitor struct {
	Account models.Account
	Session models.Session
	Pending models.State
}

// NeedsCurrent reports whether the visitor has to give the current password to set a new one: for a change of their own will,
// and for one that was demanded while their session was open. Otherwise a session that was stolen before could set it.
func (v Visitor) NeedsCurrent() bool { return v.Pending == "" || v.Session.NeedsCurrent }

func (s *Service) startSession(tx *models.Tx, in SignedIn, from core.ClientInfo) (token string, err error) {
	now := s.core.Now()
	kind := models.FullSession
	if in.Pending != "" {
		kind = models.PendingSession
	}
	token, hash := s.core.Token()
	return token, tx.CreateSession(models.Session{
		ID: s.core.NewID(), TokenHash: hash, AccountID: in.Account.ID, PasswordID: in.Account.PasswordID, Kind: kind,
		CreatedAt: now, LastUsedAt: now,
		AbsoluteEnd: now.Add(s.settings.SessionMax), IdleEnd: now.Add(s.settings.SessionIdle),
		Address: from.Address, UserAgent: cut(from.UserAgent, maxUserAgent),
	})
}

// endFormer ends the sessions that an account has before a full sign-in, where it may have one only. It says how many.
func (s *Service) endFormer(tx *models.Tx, in SignedIn) ([]core.Detail, error) {
	if !s.settings.OneSession || in.Pending != "" {
		return nil, nil
	}
	ended, err := tx.EndSessions(in.Account.ID, "")
	return []core.Detail{core.DetailSessions.Count(ended)}, err
}

func cut(text string, most int) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text[:min(len(text), most)], "\x00", ""), "")
}

// Visitor finds whose session the token is, and notes the use. A session that does not hold (any more) is [core.ErrNotFound], one
// that may not be used from the address [core.ErrAddress], and its visitor is for the audit log only.
func (s *Service) Visitor(ctx context.Context, token, address string) (Visitor, error) {
	read := s.core.DB.Read(ctx)
	session, account, err := read.SessionByToken(core.HashToken(token), s.core.Now())
	if err != nil {
		return Visitor{}, core.NotFound(err)
	}
	if s.Rules().Cutoffs().Lapsed(account) || s.core.Outlived(session) {
		return Visitor{}, core.ErrNotFound
	}
	if !s.core.MayEnterFrom(address) || !s.core.MayActFrom(account, address) {
		return Visitor{Account: account, Session: session}, core.ErrAddress
	}
	if err := s.touch(ctx, &session); err != nil && ctx.Err() == nil {
		s.core.Log.Warn("a session's use could not be noted", "error", err) // a page is for reading, also where nothing can be written
	}
	return Visitor{account, session, core.PendingIn(session, account)}, nil
}

func (s *Service) touch(ctx context.Context, session *models.Session) error {
	now := s.core.Now()
	if now.Sub(session.LastUsedAt) < min(touchEvery, s.settings.SessionIdle/2) {
		return nil
	}
	session.LastUsedAt, session.IdleEnd = now, now.Add(s.settings.SessionIdle)
	return s.core.DB.Update(ctx, func(tx *models.Tx) error {
		return tx.TouchSession(session.ID, session.LastUsedAt, session.IdleEnd)
	})
}

// SaveSessionData keeps what pages want to remember until the next one, such as a message.
func (s *Service) SaveSessionData(ctx context.Context, token, data string) error {
	return s.core.DB.Update(ctx, func(tx *models.Tx) error { return tx.SaveSessionData(core.HashToken(token), data) })
}

// DropSession ends the session of a token without a trace, as when its browser signs in anew.
func (s *Service) DropSession(ctx context.Context, token string) error {
	return s.core.DB.Update(ctx, func(tx *models.Tx) error { return tx.DropSession(core.HashToken(token)) })
}
