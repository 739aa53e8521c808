package accounts

import (
	"latchkey/models"
)

// The actions of audit events.
const (
	ActionCreated        = "account-created"
	ActionSignedIn       = "signed-in"
	ActionSignInFailed   = models.ActionSignInFailed
	ActionSignedOut      = "signed-out"
	ActionBlacklisted    = "blacklisted"
	ActionBlockEnded     = "block-ended"
	ActionDeviceUsedUp   = "device-used-up"
	ActionUnblocked      = "unblocked"
	ActionPasswordOwn    = "password-changed"
	ActionPasswordIssued = "password-issued"
	ActionExpired        = "password-expired"
	ActionLapsed         = "one-time-lapsed"
	ActionRequireChange  = "change-required"
	ActionDisabled       = "disabled"
	ActionEnabled        = "enabled"
	ActionDeleted        = "account-deleted"
	ActionMoved          = "moved"
	ActionEdited         = "edited"
	ActionSessionsEnded  = "sessions-ended"
	ActionMailRetried    = "mail-retried"
	ActionMailTested     = "mail-tested"
	ActionPolicyReloaded = "policy-reloaded"
	ActionRefused        = models.ActionRefused
)

// Actions are all actions of audit events.
func Actions() []string {
	return []string{
		ActionCreated, ActionEdited, ActionMoved, ActionDisabled, ActionEnabled, ActionDeleted,
		ActionSignedIn, ActionSignInFailed, ActionSignedOut, ActionSessionsEnded,
		ActionBlacklisted, ActionDeviceUsedUp, ActionBlockEnded, ActionUnblocked,
		ActionPasswordOwn, ActionPasswordIssued, ActionRequireChange, ActionExpired, ActionLapsed,
		ActionMailRetried, ActionMailTested, ActionPolicyReloaded, ActionRefused,
	}
}

// detail is what an audit event says beside who and what.
type detail map[string]string

// audit writes down what the actor did to the account. The zero actor stands for what happens by itself.
func (s *Service) audit(tx *models.Tx, actor Actor, action string, subject models.Account, more detail) error {
	return tx.Audit(s.event(actor, action, subject, more))
}

func (s *Service) event(actor Actor, action string, subject models.Account, more detail) models.AuditEvent {
	return models.AuditEvent{
		ID: s.ids.New(), At: s.now(), Action: action,
		ActorID: actor.ID, ActorName: actor.Name,
		SubjectID: subject.ID, SubjectName: subject.Name, OrganizationID: subject.OwnerID(),
		Detail: more, Address: actor.Address, RequestID: actor.RequestID,
	}
}
