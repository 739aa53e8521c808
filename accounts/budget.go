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
	return limits{row: s.Policy(account).MaxLoginAttempts, cap: s.settings.AttemptsCap}
}

// strangers is how many attempts of strangers at the account may be verified at a time.
func (l limits) strangers(account models.Account) int {
	return min(left(account.FailedAttempts, l.row), left(account.FailedInRow, l.cap))
}

// device is the same of a device, which counts by itself.
func (l limits) device(device models.Device) int { return left(device.FailedAttempts, l.ofDevice()) }

// ofDevice is a device's budget: as many as strangers have, or, where no number blacklists, as many as the cap allows.
func (l limits) ofDevice() int {
	if l.row > 0 {
		return l.row
	}
	return l.cap
}

// usedUp tells whether a device has used up its budget. From then on it counts as a stranger, until it succeeds as one.
func (l limits) usedUp(device models.Device) bool {
	return l.ofDevice() > 0 && device.FailedAttempts >= l.ofDevice()
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
