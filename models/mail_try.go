package models

import "time"

// MailTry is a failed try to send a mail, with the server's answer. The successful try is in the mail itself.
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

// mostTries limits how many tries of a mail a page shows. In five days there are about 15, and operators can add more.
const mostTries = 100

// MailTries returns the last failed tries of a mail, the oldest first.
func (tx *Tx) MailTries(mailID string) (rows []MailTry, err error) {
	last := tx.g.Model(&MailTry{}).Where("mail_id = ?", mailID).Order("number DESC").Limit(mostTries)
	err = tx.g.Table("(?) AS last", last).Order("number").Find(&rows).Error
	return rows, wrap("reading mail tries", err)
}
