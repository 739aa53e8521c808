package accounts

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"latchkey/models"
)

// tokenBytes is the length of a session's token: 256 bits.
const tokenBytes = 32

// touchEvery is how exact a session's last use is kept, so that not every page view writes.
const touchEvery = time.Minute

// maxUserAgent cuts what a browser says of itself.
const maxUserAgent = 300

// Visit is where a request comes from, and the tokens that its browser is known by.
type Visit struct {
	Address, UserAgent, RequestID string
	Devices                       []string
}

func (v Visit) actor() Actor {
	return Actor{Address: v.Address, RequestID: v.RequestID, Devices: v.Devices}
}

// By is the account acting from there.
func (v Visit) By(a models.Account) Actor {
	return Actor{ID: a.ID, Name: a.Name, Kind: a.Kind, Address: v.Address, RequestID: v.RequestID}
}

// Visitor is a session that holds, and whose it is. Pending tells why only the reset page is open; "" = everything is.
type Visitor struct {
	Account models.Account
	Session models.Session
	Pending models.State
}

// NeedsCurrent reports whether the visitor has to give the current password to set a new one: for a change of their own will,
// and for one that was demanded while their session was open. Otherwise a session that was stolen before could set it.
func (v Visitor) NeedsCurrent() bool { return v.Pending == "" || v.Session.NeedsCurrent }

// token makes a secret of 256 bits, of which only the hash is stored.
func (s *Service) token() (token, hash string) {
	secret := make([]byte, tokenBytes)
	if _, err := io.ReadFull(s.random, secret); err != nil {
		panic(err) // as crypto/rand does: there is no way on without randomness
	}
	token = base64.RawURLEncoding.EncodeToString(secret)
	return token, hashToken(token)
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (s *Service) startSession(tx *models.Tx, in SignedIn, from Visit) (token string, err error) {
	now := s.now()
	kind := models.FullSession
	if in.Pending != "" {
		kind = models.PendingSession
	}
	token, hash := s.token()
	return token, tx.CreateSession(models.Session{
		ID: s.ids.New(), TokenHash: hash, AccountID: in.Account.ID, PasswordID: in.Account.PasswordID, Kind: kind,
		CreatedAt: now, LastUsedAt: now,
		AbsoluteEnd: now.Add(s.settings.SessionMax), IdleEnd: now.Add(s.settings.SessionIdle),
		Address: from.Address, UserAgent: cut(from.UserAgent, maxUserAgent),
	})
}

// endFormer ends the sessions that an account has before a full sign-in, where it may have one only. It says how many.
func (s *Service) endFormer(tx *models.Tx, in SignedIn, more detail) error {
	if !s.settings.OneSession || in.Pending != "" {
		return nil
	}
	ended, err := tx.EndSessions(in.Account.ID, "")
	more["sessions"] = itoa(ended)
	return err
}

func cut(text string, most int) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text[:min(len(text), most)], "\x00", ""), "")
}

// Visitor finds whose session the token is, and notes the use. A session that does not hold (any more) is [ErrNotFound], one
// that may not be used from the address [ErrAddress], and its visitor is for the audit log only.
func (s *Service) Visitor(ctx context.Context, token, address string) (Visitor, error) {
	read := s.db.Read(ctx)
	session, account, err := read.SessionByToken(hashToken(token), s.now())
	if err != nil {
		return Visitor{}, notFound(err)
	}
	if s.Cutoffs().Lapsed(account) || s.outlived(session) {
		return Visitor{}, ErrNotFound
	}
	if !s.MayEnterFrom(address) || !s.MayActFrom(account, address) {
		return Visitor{Account: account, Session: session}, ErrAddress
	}
	if err := s.touch(ctx, &session); err != nil && ctx.Err() == nil {
		s.log.Warn("a session's use could not be noted", "error", err) // a page is for reading, also where nothing can be written
	}
	return Visitor{account, session, s.pendingIn(session, account)}, nil
}

// outlived tells whether a session is past what the settings allow now, which may be less than when it was made.
func (s *Service) outlived(session models.Session) bool {
	now := s.now()
	return !session.CreatedAt.Add(s.settings.SessionMax).After(now) || !session.LastUsedAt.Add(s.settings.SessionIdle).After(now)
}

// pendingIn tells why a session opens the reset page alone. Expiry is judged at sign-in only, but what an operator
// demands holds at once.
func (s *Service) pendingIn(session models.Session, account models.Account) models.State {
	switch {
	case account.OneTime:
		return models.OneTimeWaiting
	case account.MustChange:
		return models.MustChange
	case session.Kind == models.PendingSession:
		return models.Expired
	default:
		return ""
	}
}

func (s *Service) touch(ctx context.Context, session *models.Session) error {
	now := s.now()
	if now.Sub(session.LastUsedAt) < min(touchEvery, s.settings.SessionIdle/2) {
		return nil
	}
	session.LastUsedAt, session.IdleEnd = now, now.Add(s.settings.SessionIdle)
	return s.db.Update(ctx, func(tx *models.Tx) error {
		return tx.TouchSession(session.ID, session.LastUsedAt, session.IdleEnd)
	})
}

// SaveSessionData keeps what pages want to remember until the next one, such as a message.
func (s *Service) SaveSessionData(ctx context.Context, token, data string) error {
	return s.db.Update(ctx, func(tx *models.Tx) error { return tx.SaveSessionData(hashToken(token), data) })
}

// DropSession ends the session of a token without a trace, as when its browser signs in anew.
func (s *Service) DropSession(ctx context.Context, token string) error {
	return s.db.Update(ctx, func(tx *models.Tx) error { return tx.DropSession(hashToken(token)) })
}
