package models

import (
	"errors"
	"time"

	"gorm.io/gorm/clause"
)

// MailTry is a try to send a mail that went wrong, and what was answered. The one that went well stands in the mail.
type MailTry struct {
	MailID string `gorm:"primaryKey"`
	Number int    `gorm:"primaryKey"` // the mail's Tries then
	At     time.Time
	Answer string
}

// NoteMailTry writes down a try that went wrong.
func (tx *Tx) NoteMailTry(t MailTry) error {
	return wrap("noting a try", tx.g.Create(&t).Error)
}

// mostTries bounds how many tries of a mail a page shows; in five days there are some 15, and operators may add more.
const mostTries = 100

// MailTries returns the tries of a mail that went wrong, the first one first: of very many the last ones.
func (tx *Tx) MailTries(mailID string) (rows []MailTry, err error) {
	last := tx.g.Model(&MailTry{}).Where("mail_id = ?", mailID).Order("number DESC").Limit(mostTries)
	err = tx.g.Table("(?) AS last", last).Order("number").Find(&rows).Error
	return rows, wrap("reading tries", err)
}

// MailTrouble says that the mail server cannot be reached. Times are those of tries to.
type MailTrouble struct {
	ID     int `gorm:"primaryKey"` // 1: there is one mail server
	Since  time.Time
	LastAt time.Time
	Answer string // what happened last
}

// TableName is gorm's.
func (MailTrouble) TableName() string { return "mail_server_troubles" }

// NoteMailTrouble writes down that the mail server could not be reached. Since when is kept.
func (tx *Tx) NoteMailTrouble(at time.Time, answer string) error {
	again := clause.OnConflict{
		Columns: []clause.Column{{Name: "id"}}, DoUpdates: clause.AssignmentColumns([]string{"last_at", "answer"}),
	}
	return wrap("noting that the mail server cannot be reached",
		tx.g.Clauses(again).Create(&MailTrouble{ID: 1, Since: at, LastAt: at, Answer: answer}).Error)
}

// EndMailTrouble writes down that the mail server can be reached.
func (tx *Tx) EndMailTrouble() error {
	return wrap("noting that the mail server can be reached", tx.g.Delete(&MailTrouble{}, "id = 1").Error)
}

// MailTrouble tells since when the mail server cannot be reached; the zero trouble: it can, as far as is known.
func (tx *Tx) MailTrouble() (trouble MailTrouble, err error) {
	err = wrap("reading whether the mail server can be reached", tx.g.Take(&trouble, "id = 1").Error)
	if errors.Is(err, ErrNotFound) {
		return MailTrouble{}, nil
	}
	return trouble, err
}
