package lockout

import (
	"math"

	"latchkey/accounts/policy"
	"latchkey/models"
)

// limits are how many failed attempts in a row an account allows.
type limits struct {
	row int // the policy's maxLoginAttempts: as many block; <= 0 = off
	cap int // as many, over any number of blocks, block without an end; 0 = off
}

func (s *Service) limits(rules *policy.Rules, account models.Account) limits {
	return limits{row: rules.Policy(account).MaxLoginAttempts, cap: s.settings.Cap}
}

// untrustedLeft is how many attempts of untrusted clients may be verified at once.
func (l limits) untrustedLeft(account models.Account) int {
	return min(left(account.FailedAttempts, l.row), left(account.FailedInRow, l.cap))
}

// trustedLeft is the same for the trusted browsers, which share one budget.
func (l limits) trustedLeft(account models.Account) int {
	return left(account.DeviceFailures, l.trusted())
}

// trusted is the budget of the trusted browsers: as many as untrusted clients have, or as many as the cap if no number blocks.
func (l limits) trusted() int {
	if l.row > 0 {
		return l.row
	}
	return l.cap
}

// exhausted reports whether the trusted browsers have used up their budget. From then on they count as untrusted clients, until one
// of them succeeds.
func (l limits) exhausted(account models.Account) bool {
	return l.trusted() > 0 && account.DeviceFailures >= l.trusted()
}

// blocks reports whether the failures of untrusted clients block the account, and whether without an end.
func (l limits) blocks(account models.Account) (yes, permanently bool) {
	permanently = l.cap > 0 && account.FailedInRow >= l.cap
	return permanently || l.row > 0 && account.FailedAttempts >= l.row, permanently
}

// left is how many attempts failures leave of a limit. An account that has more failures already, such as after the policy changed,
// gets one at a time: if it fails, it blocks.
func left(failed, limit int) int {
	if limit <= 0 {
		return math.MaxInt32
	}
	return max(1, limit-failed)
}
