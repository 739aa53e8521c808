package models

import "time"

// MailTry is a failed try to send a mail, with the answer. The successful one is in the mail.
type MailTry struct {
	MailID string `gorm:"primaryKey"`
	Number int    `gorm:"primaryKey"` // the mail's Tries then
	At     time.Time
	Answer string
}

// RecordMailTry stores a failed try.
func (tx *Tx) RecordMailTry(t MailTry) error {
	return wrap("recording a mail try", tx.g.Create(&t).Error)
}

// mostTries bounds how many tries of a mail a page shows; in five days there are some 15, and operators may add more.
const mostTries = 100

// MailTries returns the tries of a mail that went wrong, the first one first: of very many the last ones.
func (tx *Tx) MailTries(mailID string) (rows []MailTry, err error) {
	last := tx.g.Model(&MailTry{}).Where("mail_id = ?", mailID).Order("number DESC").Limit(mostTries)
	err = tx.g.Table("(?) AS last", last).Order("number").Find(&rows).Error
	return rows, wrap("reading mail tries", err)
}
