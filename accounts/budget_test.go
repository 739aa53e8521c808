package accounts_test

import (
	"testing"

	"latchkey/accounts"
	"latchkey/models"
)

// TestBudget: whether one more attempt may be evaluated, by what has failed and what is being verified.
func TestBudget(t *testing.T) {
	for _, tc := range []struct {
		row, limit      int // the policy's number, and the cap
		failed, inARow  int
		reserved        int
		strangers, mine bool // one more of strangers, of a device that failed as often
	}{
		{10, 100, 0, 0, 0, true, true},
		{10, 100, 0, 0, 9, true, true},
		{10, 100, 0, 0, 10, false, false},
		{10, 100, 9, 9, 0, true, true},
		{10, 100, 9, 9, 1, false, false},
		{10, 100, 5, 95, 4, true, true},
		{10, 100, 5, 95, 5, false, false},
		{10, 100, 0, 99, 1, false, true}, // the cap is the strangers'
		{10, 100, 12, 12, 0, true, true}, // the policy was changed: one at a time
		{10, 100, 12, 12, 1, false, false},
		{10, 0, 0, 5000, 9, true, true},
		{0, 0, 5000, 5000, 5000, true, true},
		{-1, 100, 50, 99, 0, true, true},
		{-1, 100, 50, 99, 1, false, true},
		{0, 100, 99, 99, 1, false, false}, // without a number, a device has as many as the cap allows
		{1, 100, 0, 0, 0, true, true},
		{1, 100, 0, 0, 1, false, false},
	} {
		account := models.Account{FailedAttempts: tc.failed, FailedInRow: tc.inARow, DeviceFailures: tc.failed}
		strangers, mine := accounts.Room(tc.row, tc.limit, account, tc.reserved)
		if strangers != tc.strangers || mine != tc.mine {
			t.Errorf("%+v: strangers %t, a device %t", tc, strangers, mine)
		}
	}
}

// TestBudgetsEnd: which count blacklists, and when a device has used up its own.
func TestBudgetsEnd(t *testing.T) {
	for _, tc := range []struct {
		row, limit                        int
		failed, inARow                    int
		blacklists, forGood, deviceUsedUp bool
	}{
		{10, 100, 9, 99, false, false, false},
		{10, 100, 10, 10, true, false, true},
		{10, 100, 10, 100, true, true, true},
		{10, 100, 3, 100, true, true, false},
		{10, 0, 9, 5000, false, false, false},
		{0, 100, 99, 99, false, false, false},
		{0, 100, 100, 100, true, true, true},
		{0, 0, 5000, 5000, false, false, false},
		{-1, -1, 5000, 5000, false, false, false},
	} {
		account := models.Account{FailedAttempts: tc.failed, FailedInRow: tc.inARow, DeviceFailures: tc.failed}
		blacklists, forGood := accounts.Blacklists(tc.row, tc.limit, account)
		usedUp := accounts.UsedUp(tc.row, tc.limit, account)
		if blacklists != tc.blacklists || forGood != tc.forGood || usedUp != tc.deviceUsedUp {
			t.Errorf("%+v: blacklists %t, for good %t, a device used up %t", tc, blacklists, forGood, usedUp)
		}
	}
}
