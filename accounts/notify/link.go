package notify

import (
	"time"

	"latchkey/models"
)

// QueueLink queues the mail with a link, which is sent when it is due and may have been asked for from an IP address ("" = unknown).
// [Service.Committed] delivers it.
func (s *Service) QueueLink(tx *models.Tx, template string, account models.Account, link models.Link, due time.Time, address string) error {
	mail := s.compose(account, template, link.ID)
	if mail.NextTryAt = due; due.After(mail.CreatedAt) {
		mail.RetriedAt = &due
	}
	mail.PasswordID = link.PasswordID
	mail.Data.LinkID, mail.Data.LinkPurpose, mail.Data.EndsAt = link.ID, link.Purpose, link.EndsAt
	if link.Purpose != models.LinkInvitation && link.Purpose != models.LinkReset { // which an operator sends
		mail.Data.Address = address
	}
	return tx.QueueMail(&mail)
}
