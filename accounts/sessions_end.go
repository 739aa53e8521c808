package accounts

import (
	"context"
	"slices"

	"latchkey/accounts/core"
	"latchkey/models"
)

// OwnSessions are the visitor's sessions that hold.
func (s *Service) OwnSessions(ctx context.Context, actor core.Actor) ([]models.Session, error) {
	return s.openSessions(s.core.DB.Read(ctx), actor.ID)
}

// SessionsOf are the sessions of an account that the actor may see.
func (s *Service) SessionsOf(ctx context.Context, actor core.Actor, account models.Account) ([]models.Session, error) {
	if !actor.Sees(account) {
		return nil, core.ErrNotFound
	}
	return s.openSessions(s.core.DB.Read(ctx), account.ID)
}

// openSessions are the account's sessions that hold, also by what the settings allow now.
func (s *Service) openSessions(read *models.Tx, accountID string) ([]models.Session, error) {
	sessions, err := read.Sessions(accountID, s.core.Now())
	return slices.DeleteFunc(sessions, s.core.Outlived), err
}

// EndOwnSession ends one of the actor's other sessions.
func (s *Service) EndOwnSession(ctx context.Context, actor core.Actor, sessionID string) error {
	if !models.IsID(sessionID) {
		return core.ErrNotFound
	}
	return s.endOwn(ctx, actor, func(tx *models.Tx) ([]core.Detail, error) { return endSession(tx, actor.ID, sessionID) })
}

// EndSession ends one session of an account that the actor looks after.
func (s *Service) EndSession(ctx context.Context, actor core.Actor, id, sessionID string) error {
	if !models.IsID(sessionID) {
		return core.ErrNotFound
	}
	return s.core.Change(ctx, actor, id, func(tx *models.Tx, account *models.Account) error {
		details, err := endSession(tx, account.ID, sessionID)
		if err != nil {
			return core.NotFound(err)
		}
		return s.core.Audit(tx, actor, core.ActionSessionsEnded, *account, details...)
	})
}

// endSession ends a session, and tells where it was: of several that an account had, nothing else says which one this was.
func endSession(tx *models.Tx, accountID, sessionID string) ([]core.Detail, error) {
	ended, err := tx.EndSession(accountID, sessionID)
	return []core.Detail{core.DetailSessions.Count(1), core.DetailAddress.Text(ended.Address)}, err
}

// EndOtherSessions ends all of the actor's sessions but the one that asks.
func (s *Service) EndOtherSessions(ctx context.Context, actor core.Actor) error {
	return s.endOwn(ctx, actor, func(tx *models.Tx) ([]core.Detail, error) {
		ended, err := tx.EndSessions(actor.ID, actor.SessionID)
		return []core.Detail{core.DetailSessions.Count(ended)}, err
	})
}

func (s *Service) endOwn(ctx context.Context, actor core.Actor, end func(*models.Tx) ([]core.Detail, error)) error {
	return s.core.Update(ctx, actor, func(tx *models.Tx) error {
		account, err := tx.Account(actor.ID)
		if err != nil {
			return core.NotFound(err)
		}
		details, err := end(tx)
		if err != nil {
			return core.NotFound(err)
		}
		return s.core.Audit(tx, actor, core.ActionSessionsEnded, account, details...)
	})
}
