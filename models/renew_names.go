package models

import (
	"context"
	"strings"

	"gorm.io/gorm/clause"

	"latchkey/names"
)

// NameRenewal is a single row with the account up to which keys, search texts and skeletons follow the current rules.
type NameRenewal struct {
	ID        int `gorm:"primaryKey"`
	RenewedTo string
	Done      bool
}

// renewedAtOnce is how many accounts a transaction recomputes.
const renewedAtOnce = 1000

// renewNames recomputes what is derived from the names and e-mails of all accounts, and returns how many there are. Each batch
// records its progress in its own transaction, so that the next start resumes after an interruption. Replicas take turns.
func (db *DB) renewNames(ctx context.Context) (count int, err error) {
	for {
		renewed := 0
		err := db.Update(ctx, func(tx *Tx) (err error) {
			renewed, err = tx.renewNames()
			return err
		})
		if err != nil || renewed == 0 {
			return count, err
		}
		count += renewed
	}
}

func (tx *Tx) renewNames() (count int, err error) {
	var at NameRenewal
	if err := tx.locking(clause.LockingStrengthUpdate).Take(&at, "id = 1").Error; err != nil || at.Done {
		return 0, wrap("finding names to recompute", err)
	}
	var rows []Account
	err = tx.g.Select("id", "name", "name_key", "email", "email_key", "display_name", "external_id", "kind", "organization_id").Where("id > ?", at.RenewedTo).
		Order("id").Limit(renewedAtOnce).Find(&rows).Error
	if err != nil {
		return 0, wrap("reading names to recompute", err)
	}
	if at.Done = len(rows) == 0; !at.Done {
		at.RenewedTo = rows[len(rows)-1].ID
		if err := tx.renew(rows); err != nil {
			return 0, err
		}
	}
	return len(rows), wrap("recording recomputed names", tx.g.Save(&at).Error)
}

func (tx *Tx) renew(rows []Account) error {
	free, err := tx.freeKeys(rows)
	if err != nil {
		return err
	}
	var accounts, identifiers [][2]string
	for i, row := range rows {
		key := names.Fold(row.NameKey)
		if !free[key] {
			key = row.NameKey // another's, or its own
		}
		delete(free, key)
		if key != row.NameKey {
			identifiers = append(identifiers, [2]string{row.NameKey, key})
			accounts = append(accounts, [2]string{row.ID, key})
		}
		rows[i].NameKey = key
	}
	if err := tx.rewrite("UPDATE identifiers SET key = new.a FROM new WHERE key = new.id", identifiers); err != nil {
		return err
	}
	if err := tx.rewrite("UPDATE accounts SET name_key = new.a FROM new WHERE accounts.id = new.id", accounts); err != nil {
		return err
	}
	if err := tx.saveTexts(rows); err != nil {
		return err
	}
	return tx.addSkeletons(rows)
}

// rewrite updates many rows with one statement, which reads the values from a table new with the columns id and a.
func (tx *Tx) rewrite(statement string, rows [][2]string) error {
	if len(rows) == 0 {
		return nil
	}
	values := make([]any, 0, 2*len(rows))
	for _, row := range rows {
		values = append(values, row[0], row[1])
	}
	places := strings.TrimSuffix(strings.Repeat("(?, ?), ", len(rows)), ", ")
	return wrap("saving recomputed names", tx.g.Exec("WITH new (id, a) AS (VALUES "+places+") "+statement, values...).Error)
}

// freeKeys returns the new keys that no account has. If names differed before and no longer do, only the oldest account gets the
// new key, and the others keep theirs.
func (tx *Tx) freeKeys(rows []Account) (map[string]bool, error) {
	free := map[string]bool{}
	var keys []string
	for _, row := range rows {
		if key := names.Fold(row.NameKey); key != row.NameKey {
			free[key] = true
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	var taken []string
	err := tx.g.Model(&Identifier{}).Where("key IN ?", keys).Pluck("key", &taken).Error
	for _, key := range taken {
		delete(free, key)
	}
	return free, wrap("finding taken keys", err)
}
