package models

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// SQL returns the pool below gorm, for queries that only tests need.
func (db *DB) SQL() *sql.DB { return db.sql }

// Statements returns the SQL that a use of the database runs, with its values.
func (db *DB) Statements(ctx context.Context, use func(*Tx) error) (statements []string, err error) {
	log := &statementLog{}
	g := db.gorm.Session(&gorm.Session{Logger: log, Context: ctx})
	err = use(&Tx{g: g, engine: db.engine})
	return log.statements, err
}

type statementLog struct {
	discardLogger
	statements []string
}

func (l *statementLog) LogMode(logger.LogLevel) logger.Interface { return l }

func (l *statementLog) Trace(_ context.Context, _ time.Time, statement func() (string, int64), _ error) {
	text, _ := statement()
	l.statements = append(l.statements, text)
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
		Account{}, Identifier{}, Skeleton{}, NameRenewal{}, FormerPassword{}, Reservation{}, Session{}, Device{}, Factor{}, RecoveryCode{}, SealingKey{}, AddressFailure{}, Mail{}, MailTry{}, MailServer{}, PolicyVersion{}, AuditEvent{}, Submission{}, Answer{}, Task{}, SetupToken{},
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
