package notify

import "latchkey/models"

// SecretLinkRead queues the mail to the maker of a secret link about the first time that it was read.
func (s *Service) SecretLinkRead(tx *models.Tx, maker, account models.Account, use models.SecretLinkUse) error {
	mail := s.compose(maker, models.MailOperator, string(models.NoticeSecretLinkRead)+":"+use.LinkID)
	mail.Data.Notice, mail.Data.ChangedAt, mail.Data.Address = models.NoticeSecretLinkRead, use.At, use.Address
	mail.Data.Subject, mail.Data.SubjectID = account.Name, account.ID
	return tx.QueueMail(&mail)
}
