package accounts

import (
	"math"

	"latchkey/models"
)

// limits are how many failed attempts in a row are allowed.
type limits struct {
	row int // the policy's maxLoginAttempts: so many blacklist; <= 0 = off
	cap int // so many over any number of blocks blacklist without an end; 0 = off
}

func (s *Service) limits(account models.Account) limits {
	return limits{row: s.rules.Policy(account).MaxLoginAttempts, cap: s.settings.AttemptsCap}
}

// strangers is how many attempts of strangers at the account may be verified at a time.
func (l limits) strangers(account models.Account) int {
	return min(left(account.FailedAttempts, l.row), left(account.FailedInRow, l.cap))
}

// devices is the same of the account's trusted browsers, which share one budget.
func (l limits) devices(account models.Account) int {
	return left(account.DeviceFailures, l.ofDevices())
}

// ofDevices is the budget of trusted browsers: as many as strangers have, or, if no number blocks, as many as the cap allows.
func (l limits) ofDevices() int {
	if l.row > 0 {
		return l.row
	}
	return l.cap
}

// usedUp reports whether the trusted browsers have used up their budget. From then on they count as strangers, until one of
// them succeeds.
func (l limits) usedUp(account models.Account) bool {
	return l.ofDevices() > 0 && account.DeviceFailures >= l.ofDevices()
}

// blacklists tells whether what strangers have failed is enough to blacklist the account, and whether without an end.
func (l limits) blacklists(account models.Account) (yes, forGood bool) {
	forGood = l.cap > 0 && account.FailedInRow >= l.cap
	return forGood || l.row > 0 && account.FailedAttempts >= l.row, forGood
}

// left is how many attempts failures leave of a limit. An account that has more failures already, as when the policy was
// changed, gets one at a time: if it fails, it blacklists.
func left(failed, limit int) int {
	if limit <= 0 {
		return math.MaxInt32
	}
	return max(1, limit-failed)
}
