package jobs

import (
	"context"
	"time"

	"latchkey/models"
)

// Whose mails are next is read ahead: for so many mails, and believed for so long.
const (
	readAhead = 50
	believed  = time.Second
)

// owners are the accounts of the mails that are next.
type owners struct {
	accounts map[string]models.Account
	asked    map[string]bool
	at       time.Time // when they were read
}

// owner is a mail's account as it was a second ago at most, and whether there is one.
func (b *batch) owner(ctx context.Context, id string) (account models.Account, found bool, err error) {
	if !b.owners.asked[id] || b.now().Sub(b.owners.at) > believed {
		if err := b.readOwners(ctx); err != nil {
			return account, false, err
		}
	}
	account, found = b.owners.accounts[id]
	return account, found, nil
}

// readOwners reads the accounts of the next mails with one query.
func (b *batch) readOwners(ctx context.Context) error {
	next := b.mails[b.begun:min(b.begun+readAhead, len(b.mails))]
	b.owners = owners{accounts: map[string]models.Account{}, asked: map[string]bool{}, at: b.now()}
	var ids []string
	for _, mail := range next {
		if mail.AccountID != nil {
			ids, b.owners.asked[*mail.AccountID] = append(ids, *mail.AccountID), true
		}
	}
	rows, err := b.DB.Read(ctx).Accounts(ids)
	if err != nil {
		b.owners.asked = nil
	}
	for _, account := range rows {
		b.owners.accounts[account.ID] = account
	}
	return err
}
