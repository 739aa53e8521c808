package models

import (
	"database/sql"
	"errors"
	"time"
)

// MailOutage is a time during which the mail server cannot be reached. Times are those of connection attempts.
type MailOutage struct {
	Since  time.Time // zero: the mail server can be reached, as far as is known
	LastAt time.Time
	Answer string // what happened last
}

// MailServer is the one row with the state of the mail server.
type MailServer struct {
	ID            int `gorm:"primaryKey"` // 1: there is one mail server
	ReachedAt     *time.Time
	TroubleSince  *time.Time
	TroubleLastAt *time.Time
	TroubleAnswer string
}

// TableName is gorm's.
func (MailServer) TableName() string { return "mail_server" }

// RecordMailOutage stores that a connection attempt that started at began has failed. It keeps the start of the outage, and does
// nothing if another worker connected after began. A connection in the future is ignored: it was recorded by a wrong clock.
func (tx *Tx) RecordMailOutage(began, now time.Time, answer string) error {
	return wrap("recording a mail outage", tx.g.Exec(`
		INSERT INTO mail_server (id, trouble_since, trouble_last_at, trouble_answer) VALUES (1, @now, @now, @answer)
		ON CONFLICT (id) DO UPDATE SET trouble_since = COALESCE(mail_server.trouble_since, @now), trouble_last_at = @now,
			trouble_answer = @answer
		WHERE mail_server.reached_at IS NULL OR mail_server.reached_at <= @began OR mail_server.reached_at > @now`,
		sql.Named("began", began), sql.Named("now", now), sql.Named("answer", answer)).Error)
}

// EndMailOutage stores that the mail server can be reached.
func (tx *Tx) EndMailOutage(now time.Time) error {
	return wrap("ending a mail outage", tx.g.Exec(`
		INSERT INTO mail_server (id, reached_at, trouble_answer) VALUES (1, @now, '')
		ON CONFLICT (id) DO UPDATE SET reached_at = @now, trouble_since = NULL, trouble_last_at = NULL, trouble_answer = ''`,
		sql.Named("now", now)).Error)
}

// MailServer returns what is known of the mail server.
func (tx *Tx) MailServer() (row MailServer, err error) {
	err = wrap("reading the state of the mail server", tx.g.Take(&row, "id = 1").Error)
	if errors.Is(err, ErrNotFound) {
		return MailServer{}, nil
	}
	return row, err
}

// Outage returns the current outage of the mail server, or the zero value if none is known.
func (m MailServer) Outage() MailOutage {
	if m.TroubleSince == nil {
		return MailOutage{}
	}
	return MailOutage{Since: *m.TroubleSince, LastAt: *m.TroubleLastAt, Answer: m.TroubleAnswer}
}

// MailOutage returns the current outage of the mail server, or the zero value if none is known.
func (tx *Tx) MailOutage() (MailOutage, error) {
	server, err := tx.MailServer()
	return server.Outage(), err
}
