package models

import (
	"database/sql"
	"errors"
	"time"
)

// MailOutage says that the mail server cannot be reached. Times are those of tries to.
type MailOutage struct {
	Since  time.Time // zero: the mail server can be reached, as far as is known
	LastAt time.Time
	Answer string // what happened last
}

// MailServer is the one row that tells whether the mail server can be reached.
type MailServer struct {
	ID            int `gorm:"primaryKey"` // 1: there is one mail server
	ReachedAt     *time.Time
	TroubleSince  *time.Time
	TroubleLastAt *time.Time
	TroubleAnswer string
}

// TableName is gorm's.
func (MailServer) TableName() string { return "mail_server" }

// RecordMailOutage writes down that the mail server could not be reached by who began to try at a time. Since when is kept.
// Where another worker has reached it after that, nothing is written: what was long in failing says nothing of now. A time
// ahead of now is that of a clock that was wrong.
func (tx *Tx) RecordMailOutage(began, now time.Time, answer string) error {
	return wrap("noting that the mail server cannot be reached", tx.g.Exec(`
		INSERT INTO mail_server (id, trouble_since, trouble_last_at, trouble_answer) VALUES (1, @now, @now, @answer)
		ON CONFLICT (id) DO UPDATE SET trouble_since = COALESCE(mail_server.trouble_since, @now), trouble_last_at = @now,
			trouble_answer = @answer
		WHERE mail_server.reached_at IS NULL OR mail_server.reached_at <= @began OR mail_server.reached_at > @now`,
		sql.Named("began", began), sql.Named("now", now), sql.Named("answer", answer)).Error)
}

// EndMailOutage writes down that the mail server can be reached.
func (tx *Tx) EndMailOutage(now time.Time) error {
	return wrap("noting that the mail server can be reached", tx.g.Exec(`
		INSERT INTO mail_server (id, reached_at, trouble_answer) VALUES (1, @now, '')
		ON CONFLICT (id) DO UPDATE SET reached_at = @now, trouble_since = NULL, trouble_last_at = NULL, trouble_answer = ''`,
		sql.Named("now", now)).Error)
}

// MailOutage tells since when the mail server cannot be reached; the zero trouble: it can, as far as is known.
func (tx *Tx) MailOutage() (MailOutage, error) {
	var row MailServer
	err := wrap("reading whether the mail server can be reached", tx.g.Take(&row, "id = 1").Error)
	if errors.Is(err, ErrNotFound) || err == nil && row.TroubleSince == nil {
		return MailOutage{}, nil
	}
	if err != nil {
		return MailOutage{}, err
	}
	return MailOutage{Since: *row.TroubleSince, LastAt: *row.TroubleLastAt, Answer: row.TroubleAnswer}, nil
}
