package core

import (
	"slices"

	"latchkey/models"
)

// The actions of audit events.
const (
	ActionCreated      = "account-created"
	ActionSignedIn     = "signed-in"
	ActionSignInFailed = models.ActionSignInFailed
	ActionSignedOut    = "signed-out"

	ActionPasswordAccepted = "password-accepted"  // the second factor has to follow
	ActionConfirmed        = "identity-confirmed" // before an act that asks for it
	ActionFactorAdded      = "factor-added"
	ActionFactorRemoved    = "factor-removed"
	ActionFactorsReset     = "factors-reset" // by an operator
	ActionRecoveryCodes    = "recovery-codes-replaced"
	ActionRecoveryUsed     = "recovery-code-used"

	ActionLinkCreated = "link-created" // that sets a password
	ActionLinkShown   = "link-shown"   // to a SuperAdmin, in a mail that was not sent
	ActionLinkRevoked = "link-revoked"
	ActionLinkOpened  = "link-opened" // the second factor has to follow
	ActionLinksEnded  = "links-ended" // all at once

	ActionEmergencyAdded     = "emergency-code-added"
	ActionEmergencyRemoved   = "emergency-code-removed"
	ActionEmergencyRequested = "emergency-access-requested" // the code was first used
	ActionEmergencyUsed      = "emergency-access-used"      // it opened a session
	ActionEmergencyStopped   = "emergency-access-stopped"
	ActionEmergencyLapsed    = "emergency-access-lapsed" // it opened no session in time

	ActionKeyAdded   = "api-key-created"
	ActionKeyRevoked = "api-key-revoked"
	ActionKeyUsed    = "api-key-used"      // from a network that is new to the key
	ActionVerified   = "password-verified" // by a program

	ActionSecretLinkCreated = "secret-link-created"
	ActionSecretLinkRead    = "secret-link-read"
	ActionSecretLinkRevoked = "secret-link-revoked"
	ActionSecretLinkGuessed = "secret-link-guessed" // it ended after wrong passphrases

	ActionBlacklisted    = "blacklisted"
	ActionBlockEnded     = "block-ended"
	ActionDeviceUsedUp   = "device-used-up"
	ActionUnblocked      = "unblocked"
	ActionPasswordOwn    = "password-changed"
	ActionPasswordReset  = "password-issued"
	ActionExpired        = "password-expired"
	ActionLapsed         = "one-time-lapsed"
	ActionRequireChange  = "change-required"
	ActionWithdrawChange = "change-withdrawn"
	ActionDisabled       = "disabled"
	ActionEnabled        = "enabled"
	ActionDeleted        = "account-deleted"
	ActionRestored       = "account-restored"
	ActionErased         = "account-erased"  // after it was deleted
	ActionEmailRequested = "email-requested" // by the owner, of a new address
	ActionEmailConfirmed = "email-confirmed"
	ActionEmailUndone    = "email-undone"
	ActionMoved          = "moved"
	ActionEdited         = "edited"
	ActionSessionsEnded  = "sessions-ended"
	ActionMailRetried    = "mail-retried"
	ActionMailTested     = "mail-tested"
	ActionPolicyReloaded = "policy-reloaded"
	ActionRefused        = models.ActionRefused

	ActionKeyRotated      = "sealing-key-rotated"
	ActionSealedDiscarded = "sealed-discarded" // secrets that no key opens
)

// Actions lists all actions of audit events.
func Actions() []string {
	return slices.Concat([]string{
		ActionCreated, ActionEdited, ActionEmailRequested, ActionEmailConfirmed, ActionEmailUndone, ActionMoved, ActionDisabled, ActionEnabled, ActionDeleted, ActionRestored, ActionErased,
		ActionSignedIn, ActionSignInFailed, ActionSignedOut, ActionSessionsEnded, ActionConfirmed,
		ActionPasswordAccepted, ActionFactorAdded, ActionFactorRemoved, ActionFactorsReset, ActionRecoveryCodes, ActionRecoveryUsed,
		ActionLinkCreated, ActionLinkShown, ActionLinkRevoked, ActionLinkOpened, ActionLinksEnded,
	}, EmergencyActions(), []string{
		ActionKeyAdded, ActionKeyRevoked, ActionKeyUsed, ActionVerified,
		ActionSecretLinkCreated, ActionSecretLinkRead, ActionSecretLinkRevoked, ActionSecretLinkGuessed,
		ActionBlacklisted, ActionDeviceUsedUp, ActionBlockEnded, ActionUnblocked,
		ActionPasswordOwn, ActionPasswordReset, ActionRequireChange, ActionWithdrawChange, ActionExpired, ActionLapsed,
		ActionMailRetried, ActionMailTested, ActionPolicyReloaded, ActionKeyRotated, ActionSealedDiscarded, ActionRefused,
	})
}

// EmergencyActions lists what happens to emergency codes.
func EmergencyActions() []string {
	return []string{
		ActionEmergencyAdded, ActionEmergencyRemoved, ActionEmergencyRequested, ActionEmergencyUsed, ActionEmergencyStopped, ActionEmergencyLapsed,
	}
}

// Notices notify owners of changes to the security of their accounts.
type Notices interface {
	// Notify queues the mail about the event, if there is one. The account is as it is after the change.
	Notify(tx *models.Tx, event models.AuditEvent, account models.Account) error
}

// Audit writes an audit event in the transaction, and notifies the owner of the target if the event is about the account's security.
// The zero actor is the system.
func (c *Core) Audit(tx *models.Tx, actor Actor, action string, target models.Account, details ...Detail) error {
	event := c.Event(actor, action, target, details...)
	if err := tx.Audit(event); err != nil || c.Notices == nil {
		return err
	}
	return c.Notices.Notify(tx, event, target)
}

// Event makes an audit event without writing it.
func (c *Core) Event(actor Actor, action string, target models.Account, details ...Detail) models.AuditEvent {
	event := models.AuditEvent{
		ID: c.NewID(), At: c.Now(), Action: action,
		ActorID: actor.ID, ActorName: actor.Name,
		SubjectID: target.ID, SubjectName: target.Name, OrganizationID: target.OwnerID(),
		Detail: map[string]string{}, Address: actor.Address, RequestID: actor.RequestID,
	}
	if actor.Person != "" {
		DetailActingPerson.Text(actor.Person).AddTo(event)
	}
	if actor.User != "" {
		DetailUser.Text(actor.User).AddTo(event)
	}
	if actor.Key != nil && actor.Key.Prefix != "" {
		DetailAPIKey.Text(actor.Key.Prefix).AddTo(event)
	}
	for _, detail := range details {
		detail.AddTo(event)
	}
	return event
}
