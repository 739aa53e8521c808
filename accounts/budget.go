package accounts

import "latchkey/models"

// limits are how many failed attempts in a row are allowed.
type limits struct {
	row int // the policy's maxLoginAttempts: so many blacklist; <= 0 = off
	cap int // so many over any number of blocks blacklist without an end; 0 = off
}

func (s *Service) limits(account models.Account) limits {
	return limits{row: s.Policy(account).MaxLoginAttempts, cap: s.settings.AttemptsCap}
}

// strangers tells whether strangers may have one more attempt at the account evaluated while reserved ones of them are.
func (l limits) strangers(account models.Account, reserved int) bool {
	return room(account.FailedAttempts, reserved, l.row) && room(account.FailedInRow, reserved, l.cap)
}

// device tells the same of a device, which counts by itself.
func (l limits) device(device models.Device, reserved int) bool {
	return room(device.FailedAttempts, reserved, l.ofDevice())
}

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

// room tells whether failed attempts and those that are being verified leave one more. An account that has more failures
// already, as when the policy was changed, gets one at a time: if it fails, it blacklists.
func room(failed, reserved, limit int) bool {
	return limit <= 0 || reserved == 0 || failed+reserved < limit
}
