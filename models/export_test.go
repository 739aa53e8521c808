package models

import (
	"context"
	"database/sql"
	"time"
)

// SQL returns the pool below gorm, for queries that only tests need.
func (db *DB) SQL() *sql.DB { return db.writerSQL }

// LimitLog sets the sizes at which SQLite's log is truncated, and work in the background pauses.
func (db *DB) LimitLog(longest, pausesAt int64) { db.log.longest, db.log.pausesAt = longest, pausesAt }

// HurryLog makes truncations of SQLite's log try once, except the patient ones.
func (db *DB) HurryLog() { db.log.tries = 1 }

// Statements returns the SQL that a use of the database runs, with its values.
func (db *DB) Statements(ctx context.Context, use func(*Tx) error) (statements []string, err error) {
	err = db.Traced(func(statement string) { statements = append(statements, statement) }).Write(ctx, use)
	return statements, err
}

// MigrateTo migrates the schema to that of an earlier version of the program.
func (db *DB) MigrateTo(ctx context.Context, version int64) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	_, err = provider.UpTo(ctx, version)
	return err
}

// Tables returns a zero value of each type of row.
func Tables() []any {
	return []any{
		Account{}, AccountText{}, Identifier{}, Skeleton{}, NameRenewal{}, FormerPassword{}, DeletedAccount{}, ReservedKey{}, ReservedSkeleton{}, Reservation{}, Session{}, Device{}, Factor{}, RecoveryCode{}, EmergencyCode{}, APIKey{}, APIKeyNetwork{}, APIToken{}, APIAnswer{}, SecretLink{}, SecretLinkUse{}, Link{}, EmailChange{}, ForgotRequest{}, SealingKey{}, AddressFailure{}, Mail{}, MailTry{}, MailServer{}, PolicyVersion{}, SavedView{}, AuditEvent{}, AuditText{}, AuditFill{}, Submission{}, Answer{}, Task{}, SetupToken{},
	}
}

// Reserved counts the account's attempts that are being verified: those of a device, or of untrusted clients ("").
func (tx *Tx) Reserved(accountID, deviceID string, now time.Time) (int, error) {
	var count int64
	err := tx.g.Model(&Reservation{}).
		Where("account_id = ? AND lapses_at > ? AND device_id = ?", accountID, now, deviceID).Count(&count).Error
	return int(count), wrap("counting attempts", err)
}

// RenewSome recomputes the names of one batch of accounts.
func (tx *Tx) RenewSome() error {
	_, err := tx.renewNames()
	return err
}

// Limited returns the same database, whose lists of accounts sort, find and compare so many at most.
func (db *DB) Limited(sorted, hits, candidates int) *DB {
	limited := *db
	limited.limits = listLimits{sorted: sorted, walked: 12, hits: hits, sampled: 1, candidates: candidates}
	return &limited
}

// WithTightBounds makes a search end its pages after very few events.
func (f AuditFilter) WithTightBounds() AuditFilter {
	f.bounds = &auditBounds{candidates: 4, walk: 7, walkTenant: 5, texts: 2, ofTexts: 9, lists: 3, fewLists: 1}
	return f
}

// PartsOf is partsOf.
func PartsOf(term string) []string { return partsOf(term) }
