package session

import (
	"context"
	"slices"

	"latchkey/accounts/core"
	"latchkey/models"
)

// Own returns the actor's open sessions.
func (s *Service) Own(ctx context.Context, actor core.Actor) ([]models.Session, error) {
	return s.openOf(ctx, actor.ID)
}

// Of returns the open sessions of an account that the actor may see.
func (s *Service) Of(ctx context.Context, actor core.Actor, account models.Account) ([]models.Session, error) {
	if !actor.Sees(account) {
		return nil, core.ErrNotFound
	}
	return s.openOf(ctx, account.ID)
}

// openOf returns the account's sessions without those that the present settings have ended.
func (s *Service) openOf(ctx context.Context, accountID string) ([]models.Session, error) {
	sessions, err := s.core.DB.Read(ctx).Sessions(accountID, s.core.Now())
	return slices.DeleteFunc(sessions, s.ended), err
}

// ended reports whether the present settings have ended a session.
func (s *Service) ended(session models.Session) bool {
	return s.core.Outlived(session) || session.Emergency() && s.settings.NoEmergency
}

// EndOwn ends one of the actor's sessions. For another one than that which asks, the actor confirms who they are.
func (s *Service) EndOwn(ctx context.Context, actor core.Actor, sessionID string) error {
	if !models.IsID(sessionID) {
		return core.ErrNotFound
	}
	return s.endOwn(ctx, actor, sessionID == actor.SessionID, func(tx *models.Tx) ([]core.Detail, error) {
		return endOne(tx, actor.ID, sessionID)
	})
}

// EndOthers ends all of the actor's sessions but the one that asks, once the actor has confirmed who they are. All browsers are asked for
// the second factor again.
func (s *Service) EndOthers(ctx context.Context, actor core.Actor) error {
	return s.endOwn(ctx, actor, false, func(tx *models.Tx) ([]core.Detail, error) {
		if err := tx.AskForFactor(actor.ID); err != nil {
			return nil, err
		}
		return endAll(tx, actor.ID, actor.SessionID)
	})
}

// End ends one session of an account that the actor may change.
func (s *Service) End(ctx context.Context, actor core.Actor, id, sessionID string) error {
	if !models.IsID(sessionID) {
		return core.ErrNotFound
	}
	return s.endOf(ctx, actor, id, func(tx *models.Tx) ([]core.Detail, error) { return endOne(tx, id, sessionID) })
}

// EndAll ends all sessions of an account that the actor may change. All browsers are asked for the second factor again.
func (s *Service) EndAll(ctx context.Context, actor core.Actor, id string) error {
	return s.endOf(ctx, actor, id, func(tx *models.Tx) ([]core.Detail, error) {
		if err := tx.AskForFactor(id); err != nil {
			return nil, err
		}
		return endAll(tx, id, "")
	})
}

// endOwn ends sessions of the actor. Unless it is only the present one, the actor confirms who they are (OWASP ASVS 5.0, 7.5.2),
// so that a stolen session does not sign its owner out elsewhere.
func (s *Service) endOwn(ctx context.Context, actor core.Actor, present bool, end func(*models.Tx) ([]core.Detail, error)) error {
	if err := actor.CheckOwner(); err != nil { // who could otherwise be kept from stopping the emergency access
		return err
	}
	return s.core.Update(ctx, actor, func(tx *models.Tx) error {
		if !present {
			if err := s.core.CheckConfirmed(tx, actor); err != nil {
				return err
			}
		}
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

func (s *Service) endOf(ctx context.Context, actor core.Actor, id string, end func(*models.Tx) ([]core.Detail, error)) error {
	return s.core.Change(ctx, actor, id, func(tx *models.Tx, account *models.Account) error {
		details, err := end(tx)
		if err != nil {
			return core.NotFound(err)
		}
		return s.core.Audit(tx, actor, core.ActionSessionsEnded, *account, details...)
	})
}

// endOne ends a session. The details have its address, since nothing else identifies it among the account's sessions.
func endOne(tx *models.Tx, accountID, sessionID string) ([]core.Detail, error) {
	ended, err := tx.EndSession(accountID, sessionID)
	return []core.Detail{core.DetailSessions.Count(1), core.DetailAddress.Text(ended.Address)}, err
}

// endAll ends the account's sessions but one; "" = all.
func endAll(tx *models.Tx, accountID, butSessionID string) ([]core.Detail, error) {
	ended, err := tx.EndSessions(accountID, butSessionID)
	return []core.Detail{core.DetailSessions.Count(ended)}, err
}
