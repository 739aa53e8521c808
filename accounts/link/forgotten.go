package link

import (
	"context"
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/accounts/session"
	"latchkey/models"
)

const (
	forgottenValid  = time.Hour // how long a link for a forgotten password is valid
	forgottenMost   = 3         // so many of them are sent to an account
	forgottenPeriod = time.Hour // in so long

	forgottenAtOnce = 50 // requests that are read at a time
)

// Forgot takes the request of an owner who has forgotten the password of the account with the name or e-mail address. Whether there is one
// is neither looked up here nor seen by the client: the request is queued, and [Service.AnswerForgotten] sends the mail. Each request counts
// as a failed attempt of the client's network, and may end in a [core.TooManyError].
func (s *Service) Forgot(ctx context.Context, nameOrEmail string, from core.ClientInfo) error {
	err := s.Limiter.Count(ctx, from.Address, func(ctx context.Context) error {
		wrong := session.CheckName(nameOrEmail)
		if err := wrong.Err(); err != nil {
			return err
		}
		keys, err := identifier.Keys(nameOrEmail)
		if err != nil {
			keys = nil // no account has it
		}
		row := models.ForgotRequest{Key: strings.Join(keys, "\n"), Address: from.Address, CreatedAt: s.Core.Now()}
		return s.Core.DB.Update(ctx, func(tx *models.Tx) error { return tx.AddForgotRequest(row) })
	})
	if err == nil {
		s.Mail.Committed()
	}
	return err
}

// AnswerForgotten sends a link to each account for which one was asked, and that may have one. It reports whether more requests may be
// queued. Several processes may run it at once.
func (s *Service) AnswerForgotten(ctx context.Context) (again bool, err error) {
	requests, err := s.Core.DB.Read(ctx).ForgotRequests(forgottenAtOnce)
	if err != nil {
		return false, err
	}
	sent := false
	for _, request := range requests {
		err := s.Core.DB.Update(ctx, func(tx *models.Tx) error {
			taken, err := tx.TakeForgotRequest(request.Key)
			if err != nil || !taken {
				return err
			}
			queued, err := s.answer(tx, request)
			sent = sent || queued
			return err
		})
		if err != nil {
			return false, err
		}
	}
	if sent {
		s.Sent()
	}
	return len(requests) == forgottenAtOnce, nil
}

// mayForget reports whether a link for a forgotten password is sent to the account. A SuperAdmin's mailbox alone opens no account.
func (s *Service) mayForget(account models.Account) bool {
	return account.Closed(s.Core.Today()) == "" && !account.Technical && !account.Builtin() && (account.Kind != models.SuperAdmin || account.HasFactor)
}

// answer queues the mail for a request, and reports whether there is one.
func (s *Service) answer(tx *models.Tx, request models.ForgotRequest) (queued bool, err error) {
	now := s.Core.Now()
	if request.CreatedAt.Add(forgottenValid).Before(now) { // no process ran meanwhile
		return false, nil
	}
	id, err := tx.IdentifierOwner(strings.Split(request.Key, "\n")...)
	if err != nil {
		return false, core.IgnoreNotFound(err)
	}
	account, err := tx.AccountForUpdate(id)
	if err != nil {
		return false, core.IgnoreNotFound(err)
	}
	if !s.mayForget(account) {
		return false, nil
	}
	count, err := tx.CountLinks(account.ID, models.LinkForgotten, now.Add(-forgottenPeriod))
	if err != nil || count >= forgottenMost {
		return false, err
	}
	if err := s.SendIn(tx, core.Actor{Address: request.Address}, &account, models.LinkForgotten); err != nil {
		return false, err
	}
	return true, tx.SaveAccount(&account)
}
