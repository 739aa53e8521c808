package models

import (
	"fmt"
	"strings"
)

// settled are the columns that tell what became of a mail, after its id and lease. NULL and what has no type yet needs one
// on PostgreSQL.
var settled = []struct{ name, postgres string }{
	{"state", ""}, {"next_try_at", "TIMESTAMPTZ"}, {"last_answer", ""}, {"done_at", "TIMESTAMPTZ"},
	{"subject", ""}, {"text_body", ""}, {"html_body", ""}, {"recipient", ""},
}

// SettleMails writes with one statement what became of claimed mails, and counts those of which it could: the lease of
// another has passed to another worker.
func (tx *Tx) SettleMails(mails []Mail) (count int, err error) {
	values := make([]any, 0, len(mails)*(len(settled)+2))
	for _, m := range mails {
		values = append(values, m.ID, m.LeaseID,
			m.State, m.NextTryAt, m.LastAnswer, m.DoneAt, m.Subject, m.TextBody, m.HTMLBody, m.Recipient)
	}
	result := tx.g.Exec(tx.settling(len(mails)), values...)
	return int(result.RowsAffected), wrap("settling mails", result.Error)
}

// settling is the statement of SettleMails for so many of them.
func (tx *Tx) settling(mails int) string {
	row, names, set := "(?, ?", "id, lease_id", "lease_id = '', lease_until = NULL"
	for _, column := range settled {
		place := "?"
		if tx.engine == Postgres && column.postgres != "" {
			place = "CAST(? AS " + column.postgres + ")"
		}
		row += ", " + place
		names += ", " + column.name
		set += ", " + column.name + " = became." + column.name
	}
	rows := strings.TrimSuffix(strings.Repeat(row+"), ", mails), ", ")
	return fmt.Sprintf(`WITH became (%s) AS (VALUES %s) UPDATE mails SET %s FROM became
		WHERE mails.id = became.id AND mails.state = 'sending' AND mails.lease_id = became.lease_id`, names, rows, set)
}

// SettleMail is SettleMails for one; where its lease has passed to another worker it returns [ErrNotFound].
func (tx *Tx) SettleMail(m *Mail) error {
	count, err := tx.SettleMails([]Mail{*m})
	if err == nil && count == 0 {
		err = fmt.Errorf("settling a mail: %w", ErrNotFound)
	}
	return err
}
