package dashboard

import (
	"context"
	"slices"

	"latchkey/accounts/core"
	"latchkey/models"
)

// MaxWaiting is how many of each kind the overview lists.
const MaxWaiting = 5

// Waiting is what an operator can resolve from the overview, up to [MaxWaiting] of each.
type Waiting struct {
	Blocked []models.Account // blocks without an end first
	Lapsed  []models.Account // their one-time passwords have expired unused
	Failed  []models.Mail    // the newest first; SuperAdmins only
}

// waiting reads the first accounts and mails that need an operator, each list by the index that serves its page. The list that needs the counts comes
// last.
func (s *Service) waiting(ctx context.Context, actor core.Actor, counted func() (Counts, error)) (w Waiting, err error) {
	read := s.core.DB.Read(ctx)
	if w.Blocked, err = s.blocked(ctx, actor); err != nil {
		return w, err
	}
	if actor.MaySeeEverything() {
		failed, err := read.ListMails(models.MailFilter{State: models.MailFailed, Limit: MaxWaiting})
		if err != nil {
			return w, err
		}
		w.Failed = failed.Rows
	}
	total := func() int {
		counts, _ := counted() // none if it failed, as for an unknown total
		return counts.Of(models.OneTimeLapsed, "", false)
	}
	lapsed, err := read.ListAccounts(s.visible(ctx, actor, models.AccountFilter{State: models.OneTimeLapsed, Total: total, Limit: MaxWaiting}))
	w.Lapsed = lapsed.Rows
	return w, err
}

// blocked reads blocked accounts: first those whose block never ends, then others.
func (s *Service) blocked(ctx context.Context, actor core.Actor) ([]models.Account, error) {
	read := s.core.DB.Read(ctx)
	endless, err := read.ListAccounts(s.visible(ctx, actor, models.AccountFilter{State: models.Blacklisted, NoEnd: true, Limit: MaxWaiting}))
	if err != nil || len(endless.Rows) == MaxWaiting {
		return endless.Rows, err
	}
	all, err := read.ListAccounts(s.visible(ctx, actor, models.AccountFilter{State: models.Blacklisted, Limit: 2 * MaxWaiting}))
	list := endless.Rows
	for _, account := range all.Rows {
		if len(list) < MaxWaiting && !slices.ContainsFunc(list, func(other models.Account) bool { return other.ID == account.ID }) {
			list = append(list, account)
		}
	}
	return list, err
}
