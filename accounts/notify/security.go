package notify

import (
	"slices"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// changes are the events of which the owner is notified. [securityChange] adds those that depend on more than the action.
var changes = map[string]models.SecurityChange{
	core.ActionPasswordOwn:   models.PasswordChanged,
	core.ActionPasswordReset: models.PasswordReset,
	core.ActionFactorAdded:   models.FactorAdded,
	core.ActionFactorRemoved: models.FactorRemoved,
	core.ActionFactorsReset:  models.FactorsReset,
	core.ActionRecoveryCodes: models.RecoveryCodesReplaced,
	core.ActionRecoveryUsed:  models.RecoveryCodeUsed,

	core.ActionEmergencyAdded:     models.EmergencyAdded,
	core.ActionEmergencyRemoved:   models.EmergencyRemoved,
	core.ActionEmergencyStopped:   models.EmergencyRemoved,
	core.ActionEmergencyRequested: models.EmergencyRequested,
	core.ActionEmergencyUsed:      models.EmergencyOpened,

	core.ActionKeyAdded:   models.KeyAdded,
	core.ActionKeyRevoked: models.KeyRevoked,
	core.ActionKeyUsed:    models.KeyUsed,

	core.ActionDeleted:  models.AccountDeleted,
	core.ActionRestored: models.AccountRestored,
}

// An owner gets at most this many mails about new browsers in a period, and as many about API keys that are used from new networks. A script
// that keeps no cookies would cause one at each sign-in. The audit log shows all.
const (
	maxNewPlaceMails = 3
	newPlacePeriod   = 24 * time.Hour
)

// securityChange returns what an event changed; "" = nothing that the owner is notified of.
func securityChange(event models.AuditEvent) models.SecurityChange {
	switch {
	case event.Action == core.ActionEmailUndone:
		return models.EmailRestored
	case event.Action == core.ActionEdited && event.Detail[string(core.DetailEmailBefore)] != "":
		return models.EmailChanged
	case event.Action == core.ActionSignedIn && event.Detail[string(core.DetailBrowser)] == core.BrowserNew:
		return models.NewBrowser
	default:
		return changes[event.Action]
	}
}

// Notify queues the mail about a change to an account's security (OWASP ASVS 5.0, 6.3.5 and 6.3.7). A change of the e-mail address is
// sent to the former one. The transaction may still fail, so that the mail is found at the next look for queued mails.
func (s *Service) Notify(tx *models.Tx, event models.AuditEvent, account models.Account) error {
	change := securityChange(event)
	if change == "" || slices.Contains(s.settings.NoticesOff, change) {
		return nil
	}
	if change == models.NewBrowser || change == models.KeyUsed {
		count, err := tx.CountNotices(account.ID, change, event.At.Add(-newPlacePeriod))
		if err != nil || count >= maxNewPlaceMails {
			return err
		}
	}
	if change == models.EmailChanged || change == models.EmailRestored {
		account.Email = event.Detail[string(core.DetailEmailBefore)]
	}
	mail := s.compose(account, models.MailSecurity, models.NoticeCause(change, event.ID))
	mail.Data.Change, mail.Data.ChangedAt = change, event.At
	mail.Data.Address, mail.Data.ByOperator = event.Address, event.ActorID != account.ID
	mail.Data.Key = event.Detail[string(core.DetailKeyTitle)]
	if person := event.Detail[string(core.DetailPerson)]; person != "" {
		mail.Data.Person, mail.Data.OpensAt = person, core.DetailOpensAt.TimeIn(event)
		mail.Data.ByOperator = mail.Data.ByOperator && event.ActorName != "" // who uses a code is not known
	}
	if change == models.AccountDeleted {
		mail.Data.RestorableUntil = core.DetailUntil.TimeIn(event)
		if err := s.notifyFormer(tx, account, event, mail.Data); err != nil {
			return err
		}
	}
	return tx.QueueMail(&mail)
}

// notifyFormer queues the mail about a deletion to former addresses too whose owners could take the change back: it may be that of a
// stranger, who has deleted the account.
func (s *Service) notifyFormer(tx *models.Tx, account models.Account, event models.AuditEvent, data models.MailData) error {
	changes, err := tx.UndoableEmailChanges(account.ID, event.At)
	if err != nil {
		return err
	}
	for _, change := range changes {
		account.Email = change.Former
		mail := s.compose(account, models.MailSecurity, models.NoticeCause(models.AccountDeleted, event.ID+":"+change.ID))
		mail.Data = data
		if err := tx.QueueMail(&mail); err != nil {
			return err
		}
	}
	return nil
}
