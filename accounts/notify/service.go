package notify

import (
	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// Service queues, lists and retries mails. It is safe for concurrent use.
type Service struct {
	core     *core.Core
	policies *policy.Source
	settings Settings
	wake     func()
}

// Settings are what mails depend on besides the policies.
type Settings struct {
	MailHost  string // the right side of Message-IDs
	Capturing bool   // there is no mail server: mails are captured, and cannot be sent again

	NoticesOff []models.SecurityChange // of which owners are not notified
}

// New makes a service. It calls wake after it has queued mails, so that they are delivered at once.
func New(c *core.Core, policies *policy.Source, settings Settings, wake func()) *Service {
	return &Service{core: c, policies: policies, settings: settings, wake: wake}
}
