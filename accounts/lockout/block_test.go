package lockout

import (
	"testing"

	"latchkey/models"
)

// TestRemainingAttempts: whether one more attempt may be verified, by what has failed and what is being verified.
func TestRemainingAttempts(t *testing.T) {
	for _, tc := range []struct {
		row, limit         int // the policy's number, and the cap
		failed, inARow     int
		reserved           int
		untrusted, trusted bool // one more attempt of an untrusted client, of a trusted browser that failed as often
	}{
		{10, 100, 0, 0, 0, true, true},
		{10, 100, 0, 0, 9, true, true},
		{10, 100, 0, 0, 10, false, false},
		{10, 100, 9, 9, 0, true, true},
		{10, 100, 9, 9, 1, false, false},
		{10, 100, 5, 95, 4, true, true},
		{10, 100, 5, 95, 5, false, false},
		{10, 100, 0, 99, 1, false, true}, // the cap is for untrusted clients
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
		l := limits{row: tc.row, cap: tc.limit}
		untrusted, trusted := tc.reserved < l.untrustedLeft(account), tc.reserved < l.trustedLeft(account)
		if untrusted != tc.untrusted || trusted != tc.trusted {
			t.Errorf("%+v: untrusted %t, trusted %t", tc, untrusted, trusted)
		}
	}
}

// TestWhichCountBlocks: and when the trusted browsers have used up their attempts.
func TestWhichCountBlocks(t *testing.T) {
	for _, tc := range []struct {
		row, limit                     int
		failed, inARow                 int
		blocks, permanently, exhausted bool
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
		l := limits{row: tc.row, cap: tc.limit}
		blocks, permanently := l.blocks(account)
		exhausted := l.exhausted(account)
		if blocks != tc.blocks || permanently != tc.permanently || exhausted != tc.exhausted {
			t.Errorf("%+v: blocks %t, permanently %t, trusted browsers exhausted %t", tc, blocks, permanently, exhausted)
		}
	}
}
